package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One device with one grant of many uses, commits that spend it, and a check of what became of them. Thread-safe. */
public final class Spending {
    /** The id of the device. */
    public static final String DEVICE = "dev-1";

    /** The device's unique term. */
    public static final String TOKEN = "token:one";

    /** How many uses the grant has. */
    public static final int USES = 100_000_000;

    private static final String GRANT = "g";
    private static final String SETUP = "setup";

    private Spending() {}

    /** Writes device and grant into an empty store. The grant is valid at any time. */
    public static void prepare(PolicyStore store) {
        Grant grant =
                new Grant(GRANT, DEVICE, USES, USES, Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(50_000)), "{}");
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, DEVICE, 1, "{}", Set.of(TOKEN), Set.of());
        store.apply(edit(SETUP, List.of(new PolicyEdit.Change.Put(device)), false, List.of(grant)));
    }

    /** An edit that moves the epoch and changes nothing else, so commits under way conflict. */
    public static PolicyEdit moveEpoch(String id) {
        return edit(id, List.of(), true, List.of());
    }

    private static PolicyEdit edit(String id, List<PolicyEdit.Change> changes, boolean movesEpoch, List<Grant> opened) {
        JournalEntry audit = new JournalEntry(id, JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}");
        return new PolicyEdit(audit, changes, null, movesEpoch, List.of(), opened, List.of());
    }

    /** A commit that spends one use as the store is now, with a journal entry and a notice of that id. */
    public static DecisionCommit commit(DecisionStore store, String id) {
        DecisionSnapshot seen = store.snapshot(TOKEN).orElseThrow();
        return new DecisionCommit(
                new JournalEntry(id, JournalEntry.Kind.UNLOCK, seen.now(), DEVICE, "{}"),
                DEVICE,
                seen.device().version(),
                seen.epoch(),
                List.of(GRANT),
                List.of(),
                List.of(new OutboxEntry(id, "grant-spent", "{}")));
    }

    /** How many uses are spent. */
    public static int spent(DecisionStore store) {
        return USES - store.grants(DEVICE).get(0).usesLeft();
    }

    /**
     * Returns the ids of all journal entries but that of {@link #prepare}. The journal must be intact and hold no id
     * twice; each unlock in it must have spent one use and left one notice that waits.
     *
     * @param when the start of a failure message
     */
    public static Set<String> kept(DecisionStore store, String when) {
        Set<String> kept = new HashSet<>();
        int unlocks = 0;
        for (JournalRow row : IntactChains.rows(store, when)) {
            String id = row.entry().id();
            assertTrue(kept.add(id), () -> when + ": twice in the journal: " + id);
            unlocks += row.entry().kind() == JournalEntry.Kind.UNLOCK ? 1 : 0;
        }
        assertEquals(unlocks, spent(store), when + ": unlocks in the journal, and uses spent");
        assertEquals(unlocks, store.outboxStatus().waiting(), when + ": unlocks in the journal, and notices");
        kept.remove(SETUP);
        return kept;
    }
}
