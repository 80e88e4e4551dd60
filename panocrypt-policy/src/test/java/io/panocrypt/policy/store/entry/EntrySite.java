package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Two nodes on one entry store, the first of them through faults, and short ways to make what they store. */
final class EntrySite {
    static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");
    static final String DEVICE = "dev-1";

    final AtomicReference<Instant> time = new AtomicReference<>(START);
    final MemoryEntryStore entries = new MemoryEntryStore(time::get);
    final FaultyEntryStore faulty = new FaultyEntryStore(entries);
    final ForwardingStore node = new ForwardingStore(new EntryBackedStore(faulty, "node-a"));
    final ForwardingStore other = new ForwardingStore(new EntryBackedStore(entries, "node-b"));
    private final AtomicInteger numbers = new AtomicInteger();

    void pass(Duration duration) {
        time.updateAndGet(now -> now.plus(duration));
    }

    JournalEntry entry(JournalEntry.Kind kind) {
        return new JournalEntry("e-" + numbers.incrementAndGet(), kind, time.get(), DEVICE, "{}");
    }

    static PolicyRecord device(String id, long version, String... terms) {
        return new PolicyRecord(PolicyRecord.DEVICE, id, version, "{}", Set.of("token:" + id), Set.of(terms));
    }

    Grant grant(String id, String device, int uses) {
        return new Grant(id, device, uses, uses, time.get(), time.get().plus(Duration.ofMinutes(5)), "{}");
    }

    StoreWrite put(PolicyRecord... records) {
        return StoreWrite.of(entry(JournalEntry.Kind.AUDIT)).put(records).build();
    }

    StoreWrite open(Grant... grants) {
        return edit(List.of(), List.of(), List.of(grants));
    }

    StoreWrite cancel(GrantScope... scopes) {
        return edit(List.of(), List.of(scopes), List.of());
    }

    StoreWrite edit(List<Change> changes, List<GrantScope> cancels, List<Grant> grants) {
        return StoreWrite.of(entry(JournalEntry.Kind.AUDIT))
                .change(changes)
                .cancel(cancels)
                .grant(grants)
                .build();
    }

    StoreWrite spend(String... grants) {
        return spend(List.of(grants));
    }

    StoreWrite spend(List<String> grants, OutboxEntry... notices) {
        return StoreWrite.of(entry(JournalEntry.Kind.UNLOCK))
                .inEpoch(1L)
                .require(PolicyRecord.DEVICE, DEVICE, 1)
                .spend(DEVICE, grants)
                .enqueue(List.of(notices))
                .build();
    }

    int usesLeft(String grant) {
        return other.grants(DEVICE).stream()
                .filter(found -> found.id().equals(grant))
                .mapToInt(Grant::usesLeft)
                .sum();
    }

    /** Everything that is stored. */
    List<StoreEntry> everything() {
        return entries.scan("!", "~", 1_000, ScanOrder.ASCENDING);
    }
}
