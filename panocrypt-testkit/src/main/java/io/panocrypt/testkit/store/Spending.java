package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
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
    public static void prepare(Store store) {
        Grant grant =
                new Grant(GRANT, DEVICE, USES, USES, Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(50_000)), "{}");
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, DEVICE, 1, "{}", Set.of(TOKEN), Set.of());
        store.write(
                StoreWrite.of(audit(SETUP)).put(device).grant(List.of(grant)).build());
    }

    /** An edit that moves the epoch and changes nothing else, so commits under way conflict. */
    public static StoreWrite moveEpoch(String id) {
        return StoreWrite.of(audit(id)).growEpoch(true).build();
    }

    private static JournalEntry audit(String id) {
        return new JournalEntry(id, JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}");
    }

    /** A commit that spends one use as the store is now, with a journal entry and a notice of that id. */
    public static StoreWrite commit(Store store, String id) {
        DecisionSnapshot seen = store.snapshot(TOKEN).orElseThrow();
        OutboxEntry notice = new OutboxEntry(id, "grant-spent", "{}");
        return StoreWrite.of(new JournalEntry(id, JournalEntry.Kind.UNLOCK, seen.now(), DEVICE, "{}"))
                .inEpoch(seen.epoch())
                .require(PolicyRecord.DEVICE, DEVICE, seen.device().version())
                .spend(DEVICE, List.of(GRANT))
                .enqueue(store.outbox().isPresent() ? List.of(notice) : List.of())
                .build();
    }

    /** How many uses are spent. */
    public static int spent(Store store) {
        return USES - store.grants(DEVICE).get(0).usesLeft();
    }

    /**
     * Returns the ids of all journal entries but that of {@link #prepare}. The journal must be intact and hold no id
     * twice; each unlock in it must have spent one use, and left one notice that waits if the store keeps an outbox.
     *
     * @param when the start of a failure message
     */
    public static Set<String> kept(Store store, String when) {
        Set<String> kept = new HashSet<>();
        int unlocks = 0;
        for (JournalRow row : IntactChains.rows(store, when)) {
            String id = row.entry().id();
            assertTrue(kept.add(id), () -> when + ": twice in the journal: " + id);
            unlocks += row.entry().kind() == JournalEntry.Kind.UNLOCK ? 1 : 0;
        }
        assertEquals(unlocks, spent(store), when + ": unlocks in the journal, and uses spent");
        if (store.outbox().isPresent()) {
            long waiting = store.outbox().get().outboxStatus().waiting();
            assertEquals(unlocks, waiting, when + ": unlocks in the journal, and notices");
        }
        kept.remove(SETUP);
        return kept;
    }
}
