package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyEdit.Change;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Two nodes on one entry store, the first of them through faults, and short ways to make what they store. */
final class EntrySite {
    static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");
    static final String DEVICE = "dev-1";

    final AtomicReference<Instant> time = new AtomicReference<>(START);
    final MemoryEntryStore entries = new MemoryEntryStore(time::get);
    final FaultyEntryStore faulty = new FaultyEntryStore(entries);
    final EntryBackedStore node = new EntryBackedStore(faulty, "node-a");
    final EntryBackedStore other = new EntryBackedStore(entries, "node-b");
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

    PolicyEdit put(PolicyRecord... records) {
        List<Change> changes = Stream.of(records)
                .map(record -> (Change) new Change.Put(record))
                .toList();
        return edit(changes, List.of(), List.of());
    }

    PolicyEdit open(Grant... grants) {
        return edit(List.of(), List.of(), List.of(grants));
    }

    PolicyEdit cancel(GrantScope... scopes) {
        return edit(List.of(), List.of(scopes), List.of());
    }

    PolicyEdit edit(List<Change> changes, List<GrantScope> cancels, List<Grant> grants) {
        return new PolicyEdit(entry(JournalEntry.Kind.AUDIT), changes, null, false, cancels, grants, List.of());
    }

    DecisionCommit spend(String... grants) {
        return spend(List.of(grants));
    }

    DecisionCommit spend(List<String> grants, OutboxEntry... notices) {
        return new DecisionCommit(entry(JournalEntry.Kind.UNLOCK), DEVICE, 1, 1, grants, List.of(), List.of(notices));
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
