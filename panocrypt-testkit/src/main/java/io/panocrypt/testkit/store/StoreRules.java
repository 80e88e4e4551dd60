package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RuleNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Shared by all groups of rules: a new store with one device, short names for its values, and the check of the journal.
 */
@ExtendWith(RuleNames.class)
abstract class StoreRules {
    static final String DEVICE = "dev-1";
    static final String TOKEN = "token:one";
    static final String KIND = PolicyRecord.DEVICE;
    static final int PAGE = 1_000;

    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");

    final MutableClock clock = new MutableClock(START);
    private final Opener opener;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, ChainHead> beginnings = new HashMap<>();
    private @Nullable StoreFixture opened;

    /** Opens the store under test. */
    interface Opener {
        StoreFixture open(MutableClock clock) throws Exception;
    }

    StoreRules(Opener opener) {
        this.opener = opener;
    }

    @BeforeEach
    final void openStore() throws Exception {
        opened = opener.open(clock);
        applied(edit().put(device(DEVICE, 1, TOKEN, "site=north", "rack=7")));
    }

    @AfterEach
    final void closeStore() throws Exception {
        StoreFixture closing = opened;
        if (closing != null) {
            try (closing) {
                assertChainsIntact();
            }
        }
    }

    final StoreFixture fixture() {
        if (opened == null) {
            throw new IllegalStateException("no store is open");
        }
        return opened;
    }

    final Store store() {
        return fixture().store();
    }

    final OutboxStore outbox() {
        return store().outbox().orElseThrow();
    }

    /** These entries; none if the store keeps no outbox, since nobody may hand it any. */
    final List<OutboxEntry> notices(OutboxEntry... entries) {
        return store().outbox().isEmpty() ? List.of() : List.of(entries);
    }

    /** The outbox entries that wait; none if the store keeps no outbox. */
    final List<OutboxEntry> waiting() {
        return store().outbox().map(outbox -> outbox.waiting(PAGE)).orElse(List.of());
    }

    final DecisionSnapshot snapshot() {
        return store().snapshot(TOKEN).orElseThrow();
    }

    /** The store's time, which may differ from the contract's clock. */
    final Instant now() {
        return snapshot().now();
    }

    final String fresh(String prefix) {
        return prefix + "-" + numbers.incrementAndGet();
    }

    static PolicyRecord device(String id, long version, String token, String... tags) {
        return new PolicyRecord(
                KIND, id, version, "{\"v\":" + version + "}", Set.of(token, "name:" + id), Set.of(tags));
    }

    final Grant grant(String id, String device, int uses) {
        Instant now = now();
        return new Grant(id, device, uses, uses, now, now.plus(Duration.ofHours(1)), "{\"by\":\"ada\"}");
    }

    final JournalEntry entry(JournalEntry.Kind kind, @Nullable String device) {
        return new JournalEntry(fresh("e"), kind, clock.instant(), device, "{\"n\":1}");
    }

    final JournalEntry unlock() {
        return entry(JournalEntry.Kind.UNLOCK, DEVICE);
    }

    final StoreWrite.Builder edit() {
        return StoreWrite.of(entry(JournalEntry.Kind.AUDIT, null));
    }

    final WriteResult apply(StoreWrite.Builder edit) {
        return store().write(edit.build());
    }

    final void applied(StoreWrite.Builder edit) {
        written(edit.build());
    }

    final void open(Grant... grants) {
        applied(edit().grant(List.of(grants)));
    }

    /** A commit that matches the current state. */
    final StoreWrite commit(@Nullable String spend, OutboxEntry... notices) {
        DecisionSnapshot seen = snapshot();
        return commit(seen.device().version(), seen.epoch(), spend, notices);
    }

    final StoreWrite commit(long version, long epoch, @Nullable String spend, OutboxEntry... notices) {
        return StoreWrite.of(unlock())
                .inEpoch(epoch)
                .require(KIND, DEVICE, version)
                .spend(DEVICE, spend == null ? List.of() : List.of(spend))
                .enqueue(notices(notices))
                .build();
    }

    final WriteResult append(JournalEntry entry) {
        return store().write(StoreWrite.of(entry).build());
    }

    final void written(StoreWrite write) {
        assertEquals(new WriteResult.Written(), store().write(write));
    }

    final List<JournalRow> unlocks() {
        return store().journal(new JournalQuery(JournalEntry.Kind.UNLOCK, null, null, PAGE));
    }

    final int usesLeft(String grant) {
        return store().grants(DEVICE).stream()
                .filter(candidate -> candidate.id().equals(grant))
                .mapToInt(Grant::usesLeft)
                .findFirst()
                .orElse(0);
    }

    final List<String> openGrants(String device) {
        return store().grants(device).stream().map(Grant::id).toList();
    }

    final List<JournalRow> wholeChain(String chain) {
        List<JournalRow> rows = new ArrayList<>();
        List<JournalRow> page = store().chain(chain, 0, PAGE);
        while (!page.isEmpty()) {
            rows.addAll(page);
            page = store().chain(chain, rows.get(rows.size() - 1).sequence(), PAGE);
        }
        return rows;
    }

    /** Declares that the chain was truncated: it now begins after this entry. */
    final void chainBegins(ChainHead cut) {
        beginnings.put(cut.chain(), cut);
    }

    /**
     * Checks that each entry of every chain is linked to the one before, from sequence 1 or the truncation to the head.
     */
    final void assertChainsIntact() {
        IntactChains.rows(store(), "after the test", beginnings);
    }
}
