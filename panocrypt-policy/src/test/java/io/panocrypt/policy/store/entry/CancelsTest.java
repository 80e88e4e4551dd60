package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Cancels of many grants: they hold at once, whatever else is written, and what they leave behind is removed later. */
class CancelsTest {
    private static final int DEVICES = 10_000;
    private static final GrantScope NORTH = new GrantScope.OfTerms(Set.of("site=north"));

    private final EntrySite site = new EntrySite();

    private static String id(int number) {
        return "dev-" + number;
    }

    private void openMany() {
        for (int from = 0; from < DEVICES; from += 15) {
            List<Change> changes = new ArrayList<>();
            List<Grant> grants = new ArrayList<>();
            for (int i = from; i < Math.min(DEVICES, from + 15); i++) {
                changes.add(new Change.Put(EntrySite.device(id(i), 1, i % 2 == 0 ? "site=north" : "site=south")));
                grants.add(site.grant("g-" + i, id(i), 1));
            }
            assertEquals(new WriteResult.Written(), site.other.write(site.edit(changes, List.of(), grants)));
        }
    }

    private List<String> open(int number) {
        return site.node.grants(id(number)).stream().map(Grant::id).toList();
    }

    @Test
    void meetsTenThousandGrantsInOneSmallWrite() {
        openMany();
        assertEquals(new WriteResult.Written(), site.node.write(site.cancel(NORTH)));
        assertTrue(site.faulty.largest() <= 10, site.faulty.largest() + " keys");
        for (int i = 0; i < DEVICES; i++) {
            assertEquals(i % 2 == 0 ? List.of() : List.of("g-" + i), open(i));
        }
        for (int runs = 0; runs < DEVICES && !pending().isEmpty(); runs++) {
            site.node.purgeOutbox(Duration.ofDays(1));
        }
        assertEquals(List.of(), pending());
        int ledgers = 0;
        String from = Keys.LEDGERS;
        for (List<StoreEntry> page = scan(from); !page.isEmpty(); page = scan(from)) {
            ledgers += page.size();
            from = Keys.after(page.get(page.size() - 1).key());
        }
        assertEquals(DEVICES / 2, ledgers);
        assertEquals(List.of(), open(2));
        assertEquals(List.of("g-3"), open(3));
    }

    private List<StoreEntry> scan(String from) {
        return site.entries.scan(from, Keys.end(Keys.LEDGERS), 1_000, ScanOrder.ASCENDING);
    }

    private List<Grants.Cancel> pending() {
        return Grants.Shared.of(site.entries.read(List.of(Keys.SHARED)).get(Keys.SHARED))
                .pending();
    }

    @Test
    void goesByTheTermsOfThatMoment() {
        site.node.write(site.put(
                EntrySite.device(id(1), 1, "site=north"),
                EntrySite.device(id(2), 1, "site=south"),
                EntrySite.device(id(3), 1, "site=north")));
        site.node.write(site.open(site.grant("a", id(1), 1), site.grant("b", id(2), 1), site.grant("c", id(3), 1)));
        site.node.write(site.cancel(NORTH));
        StoreWrite swap = site.edit(
                List.of(
                        new Change.Put(EntrySite.device(id(1), 2, "site=south")),
                        new Change.Put(EntrySite.device(id(2), 2, "site=north")),
                        new Change.Delete("device", id(3), 1)),
                List.of(),
                List.of());
        site.other.write(swap);
        assertEquals(List.of(), open(1));
        assertEquals(List.of("b"), open(2));
        assertEquals(List.of(), open(3));
        site.other.write(site.put(EntrySite.device(id(3), 1, "site=south")));
        assertEquals(List.of(), open(3));
    }

    @Test
    void spareGrantsThatAreOpenedLater() {
        site.node.write(site.put(EntrySite.device(id(1), 1, "site=north")));
        site.node.write(site.open(site.grant("old", id(1), 1)));
        site.node.write(site.cancel(NORTH));
        site.other.write(site.open(site.grant("new", id(1), 1)));
        assertEquals(List.of("new"), open(1));
        assertEquals(new WriteResult.NotSpendable(), site.node.write(site.spend("old")));
        assertEquals(new WriteResult.Written(), site.node.write(site.spend("new")));
        site.node.write(site.open(site.grant("newer", id(1), 1)));
        site.node.write(site.cancel(new GrantScope.OfTerms(Set.of())));
        assertEquals(List.of(), open(1));
        assertEquals(1, pending().size());
    }

    @Test
    void keepsOutACommitThatIsUnderWay() {
        site.node.write(site.put(EntrySite.device(id(1), 1, "site=north")));
        site.node.write(site.open(site.grant("g", id(1), 1)));
        site.faulty.beforeWrite(() -> {
            site.faulty.beforeWrite(() -> {});
            site.other.write(site.cancel(NORTH));
        });
        assertEquals(new WriteResult.NotSpendable(), site.node.write(site.spend("g")));
    }

    @Test
    void areRememberedOnceHoweverOftenTheyAreRepeated() {
        site.node.write(site.put(EntrySite.device(id(1), 1, "site=north")));
        site.node.write(site.open(site.grant("g", id(1), 1)));
        for (int i = 0; i < 5; i++) {
            site.node.write(site.cancel(new GrantScope.OfTerms(Set.of("site=north", "rack=1"))));
            site.node.write(site.cancel(new GrantScope.OfTerms(Set.of("site=south"))));
        }
        assertEquals(2, pending().size());
        assertEquals(List.of("g"), open(1));
        site.node.write(site.cancel(NORTH));
        assertEquals(2, pending().size());
        assertEquals(List.of(), open(1));
    }

    @Test
    void areForgottenAlsoIfOneRunReachesOnlyFewGrants() {
        for (int i = 0; i < 100; i++) {
            site.other.write(site.open(site.grant("g-" + i, id(i), 1)));
        }
        site.other.write(site.cancel(NORTH));
        ForwardingStore slow = new ForwardingStore(new EntryBackedStore(site.faulty, "node-a", Duration.ofSeconds(10)));
        AtomicInteger scans = new AtomicInteger();
        // Each run breaks off at its second page of grants.
        site.faulty.beforeScan(from -> {
            if (from.startsWith(Keys.LEDGERS) && scans.incrementAndGet() % 2 == 0) {
                throw new StoreException("no answer");
            }
        });
        for (int runs = 0; runs < 10 && !pending().isEmpty(); runs++) {
            try {
                slow.purgeOutbox(Duration.ofDays(1));
            } catch (StoreException e) {
                // The next run goes on.
            }
        }
        assertEquals(List.of(), pending());
        assertEquals(List.of("g-99"), open(99));
    }
}
