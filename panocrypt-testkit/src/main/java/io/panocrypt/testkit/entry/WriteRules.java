package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules E9 to E15: one write at a time, its conditions, and versions. */
abstract class WriteRules extends EntryRules {
    WriteRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("E9 a write creates, replaces and removes; a remove of nothing is no fault")
    void createsReplacesAndRemoves() {
        write(put("a", "1"), put("b", "1"), put("c", "1"));
        write(put("a", "2"), remove("b"), put("d", "2"));
        assertEquals(Map.of("a", "2", "c", "1", "d", "2"), contents());
        write(remove("b"));
        write(remove("never"), put("a", "3"));
        assertTrue(writeIf(absent("none"), remove("none")));
        assertEquals(Map.of("a", "3", "c", "1", "d", "2"), contents());
    }

    @Test
    @DisplayName("E10 if one condition of several does not hold, nothing happens")
    void doesNothingIfOneConditionDoesNotHold() {
        write(put("a", "1"), put("b", "1"), put("guard", "1"));
        StoreEntry stale = entry("b");
        StoreEntry staleGuard = entry("guard");
        write(put("b", "2"), put("guard", "2"));
        StoreEntry a = entry("a");
        StoreEntry b = entry("b");
        List<EntryMutation> mutations = List.of(put("a", "3"), remove("b"), put("c", "3"));
        for (List<EntryCondition> conditions : List.of(
                List.of(unchanged(stale), unchanged(a), absent("c")),
                List.of(unchanged(a), absent("c"), unchanged(stale)),
                List.of(unchanged(a), unchanged(b), absent("c"), unchanged(staleGuard)),
                List.of(unchanged(a), unchanged(b), absent("c"), absent("guard")))) {
            assertFalse(store().write(conditions, mutations));
            assertEquals(Map.of("a", "1", "b", "2", "guard", "2"), contents());
            assertEquals(Map.of("a", a, "b", b), store().read(List.of("a", "b")));
        }
        assertTrue(store().write(List.of(unchanged(a), unchanged(b), absent("c")), mutations));
        assertEquals(Map.of("a", "3", "c", "3", "guard", "2"), contents());
    }

    @Test
    @DisplayName("E11 a version holds until the next write of its key")
    void holdsAVersionUntilTheNextWrite() {
        write(put("a", "1"));
        StoreEntry first = entry("a");
        assertTrue(writeIf(unchanged(first), put("a", "2")));
        StoreEntry second = entry("a");
        assertFalse(writeIf(unchanged(first), put("a", "3")));
        assertFalse(writeIf(unchanged(first), put("mark", "3")));
        assertTrue(writeIf(unchanged(second), remove("a")));
        assertFalse(writeIf(unchanged(second), put("a", "4")), "a removed key has no version");
        assertFalse(writeIf(unchanged(second), put("mark", "4")), "a removed key has no version");
        assertEquals(Map.of(), contents());
    }

    @Test
    @DisplayName("E12 absence holds until the key is created, and again when it is removed")
    void holdsAbsenceUntilTheKeyIsCreated() {
        assertTrue(writeIf(absent("a"), put("mark", "")));
        assertTrue(writeIf(absent("a"), put("a", "")));
        assertFalse(writeIf(absent("a"), put("a", "2")), "an empty value is there");
        assertFalse(writeIf(absent("a"), put("mark", "2")));
        assertEquals(Map.of("a", "", "mark", ""), contents());
        write(remove("a"));
        assertTrue(writeIf(absent("a"), put("a", "3")));
        assertEquals(Map.of("a", "3", "mark", ""), contents());
    }

    @Test
    @DisplayName("E13 a write without mutations tells whether its conditions hold")
    void tellsWhetherConditionsHold() {
        write(put("a", "1"));
        StoreEntry stale = entry("a");
        write(put("a", "2"));
        StoreEntry current = entry("a");
        assertTrue(store().write(List.of(unchanged(current), absent("b")), List.of()));
        assertFalse(store().write(List.of(unchanged(stale), absent("b")), List.of()));
        assertFalse(store().write(List.of(absent("a")), List.of()));
        assertEquals(current, entry("a"));
        assertEquals(Map.of("a", "2"), contents());
    }

    @Test
    @DisplayName("E14 each write of a key has a version that it never had")
    void neverRepeatsAVersion() {
        Set<String> versions = new HashSet<>();
        for (int round = 1; round <= 3; round++) {
            for (String value : List.of("1", "1", "2", "1")) {
                write(put("a", value), put("b", ""));
                assertTrue(versions.add(entry("a").version()), "a version came twice");
            }
            assertTrue(writeIf(unchanged(entry("a")), put("a", "1")));
            assertTrue(versions.add(entry("a").version()), "a version came twice");
            write(remove("a"));
        }
    }

    @Test
    @DisplayName("E15 reads and scans give one version, and only a write of its key changes it")
    void keepsAVersionWhileItsKeyIsNotWritten() {
        write(put("a", "1"), put("aa", "1"), put("b", "1"));
        StoreEntry a = entry("a");
        write(put("aa", "2"), put("c", "2"));
        write(remove("b"));
        assertFalse(writeIf(absent("a"), put("a", "3")));
        assertTrue(writeIf(unchanged(a), put("c", "3")));
        assertEquals(a, entry("a"));
        assertEquals(List.of(a), store().scan("a", "aa", 10, ScanOrder.ASCENDING));
    }
}
