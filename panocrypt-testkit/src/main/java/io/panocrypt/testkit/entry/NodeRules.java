package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules E16 and E28 to E30: nodes that share a store, what a store says of itself, its clock, and its next start. */
abstract class NodeRules extends EntryRules {
    /** How far the clock of an engine may be from this machine's. */
    private static final Duration APART = Duration.ofMinutes(1);

    NodeRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("E16 once a write has returned, every node reads and scans what it wrote")
    void readsWhatAnotherNodeWrote() throws Exception {
        EntryStore other = anotherNode();
        for (int round = 0; round < 3; round++) {
            String value = "round-" + round;
            write(put("a", value), put("b", value));
            assertSeen(Map.of("a", value, "b", value), other);
            write(remove("b"));
            assertSeen(Map.of("a", value), other);
            assertTrue(other.write(List.of(unchanged(entry(other, "a"))), List.of(put("c", value), remove("a"))));
            assertSeen(Map.of("c", value), store());
            assertEquals(entry("c"), entry(other, "c"));
            assertTrue(other.write(List.of(), List.of(remove("c"))));
        }
    }

    private static void assertSeen(Map<String, String> expected, EntryStore node) {
        List<String> keys = List.of("a", "b", "c");
        assertEquals(expected, values(node.read(keys).values()));
        assertEquals(expected, values(node.scan("a", "d", 10, ScanOrder.ASCENDING)));
    }

    @Test
    @DisplayName("E28 a store takes at least 50 keys at once, and does not change what it says of itself")
    void saysTheSameOfItself() throws Exception {
        int batch = store().maxBatch();
        boolean bounds = store().boundsItsCalls();
        assertTrue(batch >= 50, () -> "takes " + batch + " keys");
        write(put("a", ""));
        if (fixture().reopens()) {
            fixture().reopen();
        }
        for (int round = 0; round < 3; round++) {
            assertEquals(batch, store().maxBatch());
            assertEquals(bounds, store().boundsItsCalls());
        }
    }

    @Test
    @DisplayName("E29 the store's clock follows the fixture's, or the real time")
    void followsTheClock() {
        if (fixture().followsClock()) {
            for (Duration step : List.of(Duration.ofMillis(1), Duration.ofHours(5), Duration.ofMinutes(-5))) {
                Instant expected = clock.advance(step);
                assertEquals(
                        expected.truncatedTo(ChronoUnit.MILLIS), store().now().truncatedTo(ChronoUnit.MILLIS));
            }
        } else {
            Instant before = Instant.now();
            Instant now = store().now();
            Instant after = Instant.now();
            assertFalse(now.isBefore(before.minus(APART)) || now.isAfter(after.plus(APART)), () -> "it is " + now);
        }
    }

    @Test
    @DisplayName("E30 what was written is there when the store is opened again, and no version comes again")
    void isDurable() throws Exception {
        assumeTrue(fixture().reopens(), "the store lives in memory only");
        write(put("a", "1"), put("b", "1"), put("c", "1"));
        write(put("a", "2"), remove("b"));
        StoreEntry a = entry("a");
        StoreEntry c = entry("c");
        fixture().reopen();
        assertEquals(Map.of("a", "2", "c", "1"), contents());
        assertEquals(Map.of("a", a, "c", c), store().read(List.of("a", "c")));
        assertTrue(store().write(List.of(unchanged(a), absent("b")), List.of(put("b", "3"), remove("c"))));
        Set<String> versions = new HashSet<>(Set.of(a.version()));
        for (String value : List.of("3", "4")) {
            write(put("a", value));
            assertTrue(versions.add(entry("a").version()), "a version came twice");
            fixture().reopen();
        }
        assertEquals(Map.of("a", "4", "b", "3"), contents());
        forgetsNoVersion();
    }

    /** What is left after a removal does not show how far the versions have come. */
    private void forgetsNoVersion() throws Exception {
        Set<String> versions = new HashSet<>();
        for (int round = 0; round < 5; round++) {
            write(put("removed", "round-" + round));
            versions.add(entry("removed").version());
        }
        write(remove("removed"));
        fixture().reopen();
        write(put("removed", "again"));
        assertTrue(
                versions.add(entry("removed").version()),
                "the version of a removed entry came again when the store was opened again");
    }
}
