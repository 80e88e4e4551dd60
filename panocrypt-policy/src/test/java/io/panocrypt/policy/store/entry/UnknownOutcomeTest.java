package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.entry.FaultyEntryStore.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writes of which the entry store does not say whether they happened. */
class UnknownOutcomeTest {
    private final EntrySite site = new EntrySite();

    @BeforeEach
    void openGrants() {
        site.node.write(site.put(EntrySite.device(EntrySite.DEVICE, 1, "site=north")));
        site.node.write(site.open(site.grant("g", EntrySite.DEVICE, 2)));
    }

    @ParameterizedTest
    @EnumSource
    void ofACommitIsFoundOut(Fate fate) {
        site.faulty.plan(fate, fate);
        StoreWrite commit = site.spend(List.of("g"), new OutboxEntry("n", "topic", "{}"));
        assertEquals(new WriteResult.Written(), site.node.write(commit));
        assertFalse(site.faulty.arrive().contains(true), "a late write happened too");
        assertEquals(1, site.usesLeft("g"));
        assertEquals(3, site.other.chain("node-a", 0, 10).size());
        assertEquals(1, site.other.waiting(10).size());
        assertEquals(new WriteResult.Written(), site.node.write(commit));
        assertEquals(1, site.usesLeft("g"));
    }

    @ParameterizedTest
    @EnumSource
    void ofAnEditIsFoundOut(Fate fate) {
        site.faulty.plan(fate);
        StoreWrite edit = site.cancel(new GrantScope.OfDevice(EntrySite.DEVICE));
        assertEquals(new WriteResult.Written(), site.node.write(edit));
        assertFalse(site.faulty.arrive().contains(true), "a late write happened too");
        assertEquals(0, site.usesLeft("g"));
        assertEquals(3, site.other.chain("node-a", 0, 10).size());
    }

    @Test
    void isAConflictOnlyIfTheWriteCanNoLongerArrive() {
        site.faulty.plan(Fate.LATE);
        site.faulty.beforeWrite(() -> {
            site.faulty.beforeWrite(() -> {});
            site.pass(Duration.ofMinutes(5));
        });
        // The grant ends between the two tries. No entry has changed, so only the refusal itself keeps the first one
        // out.
        assertEquals(new WriteResult.NotSpendable(), site.node.write(site.spend("g")));
        assertEquals(List.of(false), site.faulty.arrive());
        assertEquals(2, site.other.chain("node-a", 0, 10).size());
    }

    @Test
    void endsAsAConflictIfAnotherNodeCameFirst() {
        site.faulty.plan(Fate.LATE);
        site.faulty.beforeWrite(() -> {
            site.faulty.beforeWrite(() -> {});
            assertEquals(new WriteResult.Written(), site.other.write(site.spend("g")));
            assertEquals(new WriteResult.Written(), site.other.write(site.spend("g")));
        });
        assertEquals(new WriteResult.NotSpendable(), site.node.write(site.spend("g")));
        assertEquals(List.of(false), site.faulty.arrive());
    }

    @Test
    void staysUnknownIfTheStoreDoesNotComeBack() {
        EntryBackedStore impatient = new EntryBackedStore(site.faulty, "node-a", Duration.ofMillis(50));
        site.faulty.setWritable(false);
        StoreException thrown = assertThrows(StoreException.class, () -> impatient.write(site.spend("g")));
        assertFalse(thrown instanceof StoreRejectedException, "it may have happened");
    }

    @Test
    void staysUnknownIfTheStoreCannotBeAsked() {
        EntryBackedStore impatient = new EntryBackedStore(site.faulty, "node-a", Duration.ofMillis(500));
        site.faulty.plan(Fate.UNHEARD);
        site.faulty.beforeWrite(() -> site.faulty.setReadable(false));
        StoreWrite commit = site.spend("g");
        StoreException thrown = assertThrows(StoreException.class, () -> impatient.write(commit));
        assertFalse(thrown instanceof StoreRejectedException, "it has happened");
        site.faulty.setReadable(true);
        site.faulty.beforeWrite(() -> {});
        assertEquals(new WriteResult.Written(), site.node.write(commit));
        assertEquals(1, site.usesLeft("g"));
    }

    @Test
    void isNoneIfNothingCouldBeRead() {
        site.faulty.setReadable(false);
        assertThrows(StoreRejectedException.class, () -> site.node.write(site.spend("g")));
    }

    @Test
    void ofALeaseOrASettlementCostsNoEntry() {
        site.node.write(StoreWrite.of()
                .enqueue(List.of(new OutboxEntry("n", "topic", "{}")))
                .build());
        assertEquals(1, site.node.waiting(10).size());
        site.faulty.plan(Fate.UNHEARD);
        assertThrows(StoreException.class, () -> site.node.lease("l", Duration.ofMinutes(1), 10));
        site.pass(Duration.ofMinutes(1));
        List<LeasedEntry> leased = site.node.lease("m", Duration.ofMinutes(1), 10);
        assertEquals(List.of(2), leased.stream().map(LeasedEntry::attempts).toList());
        Settlement done = new Settlement.Done(List.of(new OutboxEntry("f", "topic", "{}")));
        site.faulty.plan(Fate.UNHEARD);
        assertThrows(StoreException.class, () -> site.node.settle("m", "n", done));
        assertFalse(site.node.settle("m", "n", done));
        assertEquals(
                List.of("f"),
                site.node.waiting(10).stream().map(OutboxEntry::id).toList());
    }

    @Test
    void neverSpendsMoreThanThereIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Fate[] all = Fate.values();
        int committed = 0;
        site.node.write(site.open(site.grant("many", EntrySite.DEVICE, 100)));
        for (int i = 0; i < 150; i++) {
            site.faulty.plan(all[random.nextInt(all.length)], all[random.nextInt(all.length)]);
            ForwardingStore node = random.nextInt(3) == 0 ? site.other : site.node;
            committed += node.write(site.spend("many")).isWritten() ? 1 : 0;
            if (random.nextInt(4) == 0) {
                site.faulty.arrive();
            }
            assertEquals(Math.max(0, 100 - committed), site.usesLeft("many"), "seed " + seed);
        }
        assertEquals(100, committed, "seed " + seed);
        assertTrue(
                site.other.heads().stream().mapToLong(head -> head.sequence()).sum() == 103, "seed " + seed);
    }
}
