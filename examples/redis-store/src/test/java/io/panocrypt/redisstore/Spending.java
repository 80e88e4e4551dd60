package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** One device with one grant of many uses, and commits that spend it. */
final class Spending {
    static final int USES = 1_000_000;

    private static final String DEVICE = "dev-1";
    private static final String TOKEN = "token:one";

    private Spending() {}

    static void prepare(PolicyStore store) {
        // Valid at any time of the server's clock, so no snapshot is needed before a device exists.
        Grant grant =
                new Grant("g", DEVICE, USES, USES, Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(50_000)), "{}");
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, DEVICE, 1, "{}", Set.of(TOKEN), Set.of());
        store.apply(new PolicyEdit(
                new JournalEntry("setup", JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}"),
                List.of(new PolicyEdit.Change.Put(device)),
                null,
                false,
                List.of(),
                List.of(grant),
                List.of()));
    }

    /** A commit that matches the current state, with a journal entry and a notice of that id. */
    static DecisionCommit commit(DecisionStore store, String id) {
        DecisionSnapshot seen = store.snapshot(TOKEN).orElseThrow();
        return new DecisionCommit(
                new JournalEntry(id, JournalEntry.Kind.UNLOCK, seen.now(), DEVICE, "{}"),
                DEVICE,
                seen.device().version(),
                seen.epoch(),
                List.of("g"),
                List.of(),
                List.of(new OutboxEntry(id, "grant-spent", "{}")));
    }

    /** An edit that ends the grant. */
    static PolicyEdit cancel(String id) {
        return new PolicyEdit(
                new JournalEntry(id, JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}"),
                List.of(),
                null,
                false,
                List.of(new GrantScope.OfDevice(DEVICE)),
                List.of(),
                List.of());
    }

    static int spent(DecisionStore store) {
        return USES - store.grants(DEVICE).get(0).usesLeft();
    }
}
