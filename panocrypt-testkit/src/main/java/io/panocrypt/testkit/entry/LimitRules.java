package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.store.StoreInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules E22 to E27: the largest input that a store takes, and input that it refuses. */
abstract class LimitRules extends EntryRules {
    private static final String EURO = "\u20ac";
    private static final String LOCK = "\ud83d\udd10";

    /** No keys, and no bounds of a scan. */
    private static final List<String> INVALID_KEYS =
            List.of("", " ", "a b", "a ", "a\0", "a\n", "a\u007f", "\u00e4", EURO, LOCK, "\ud800");

    LimitRules(Opener opener) {
        super(opener);
    }

    /** That many keys in ascending order. */
    private static List<String> keys(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> String.format(Locale.ROOT, "k%05d", number))
                .toList();
    }

    private static List<EntryMutation> puts(List<String> keys) {
        return keys.stream().map(key -> put(key, "of " + key)).toList();
    }

    private static List<EntryCondition> allAbsent(List<String> keys) {
        return keys.stream().map(EntryRules::absent).toList();
    }

    @Test
    @DisplayName("E22 the longest key and the largest value are kept whole")
    void keepsTheLongestKeyAndTheLargestValue() {
        String prefix = "k".repeat(EntryStore.MAX_KEY_LENGTH - 1);
        String key = prefix + "1";
        write(put(prefix + "2", "other"));
        for (String value : List.of(
                "v".repeat(EntryStore.MAX_VALUE_BYTES),
                EURO.repeat(EntryStore.MAX_VALUE_BYTES / 3) + "v",
                LOCK.repeat(EntryStore.MAX_VALUE_BYTES / 4))) {
            assertTrue(writeIf(absent(key), put(key, "small")));
            assertTrue(writeIf(unchanged(entry(key)), put(key, value)));
            // Not assertEquals, which would print the value.
            assertTrue(entry(key).value().equals(value), "a read gives another value");
            assertTrue(
                    values(store().scan(key, key + "!", 2, ScanOrder.DESCENDING))
                            .equals(Map.of(key, value)),
                    "a scan gives another entry");
            assertEquals("other", entry(prefix + "2").value());
            write(remove(key));
        }
    }

    @Test
    @DisplayName("E23 the largest batch is read and written in one step")
    void takesTheLargestBatch() {
        List<String> keys = keys(store().maxBatch());
        String last = keys.get(keys.size() - 1);
        write(put(last, "first"));
        assertFalse(store().write(allAbsent(keys), puts(keys)));
        assertEquals(Map.of(last, "first"), contents());
        write(remove(last));
        assertTrue(store().write(allAbsent(keys), puts(keys)));
        Map<String, String> written = values(store().read(keys).values());
        assertEquals(List.copyOf(keys), List.copyOf(written.keySet()));
        written.forEach((key, value) -> assertEquals("of " + key, value));
        List<EntryCondition> unchanged = new ArrayList<>();
        store().read(keys).values().forEach(entry -> unchanged.add(unchanged(entry)));
        assertTrue(
                store().write(unchanged, keys.stream().map(EntryRules::remove).toList()));
        assertEquals(Map.of(), store().read(keys));
    }

    @Test
    @DisplayName("E24 more keys than a batch and more entries than a page are refused as input")
    void refusesMoreThanItTakes() {
        List<String> keys = keys(store().maxBatch() + 1);
        List<String> most = keys.subList(1, keys.size());
        refuses(() -> store().read(keys));
        refuses(() -> store().write(List.of(), puts(keys)));
        refuses(() -> store().write(allAbsent(keys), List.of()));
        refuses(() -> store().write(allAbsent(most), puts(keys.subList(0, 1))));
        for (int limit : new int[] {-1, 0, EntryInput.MAX_SCAN + 1}) {
            refuses(() -> store().scan("a", "b", limit, ScanOrder.ASCENDING));
        }
    }

    @Test
    @DisplayName("E25 an invalid key is refused as input")
    void refusesInvalidKeys() {
        List<String> invalid = new ArrayList<>(INVALID_KEYS);
        invalid.add("k".repeat(EntryStore.MAX_KEY_LENGTH + 1));
        for (String key : invalid) {
            refuses(() -> store().read(List.of("a", key)));
            refuses(() -> store().write(List.of(absent(key)), List.of(put("b", ""))));
            refuses(() -> store().write(List.of(), List.of(put("b", ""), put(key, ""))));
            refuses(() -> store().write(List.of(), List.of(put("b", ""), remove(key))));
        }
        // A bound may be one character longer than a key.
        List<String> bounds = new ArrayList<>(INVALID_KEYS);
        bounds.add("k".repeat(EntryStore.MAX_KEY_LENGTH + 2));
        for (String bound : bounds) {
            refuses(() -> store().scan(bound, "z", 1, ScanOrder.ASCENDING));
            refuses(() -> store().scan("!", bound, 1, ScanOrder.DESCENDING));
        }
    }

    @Test
    @DisplayName("E26 a value that is too large, or text that cannot be kept, is refused as input")
    void refusesInvalidValues() {
        for (String value : List.of(
                "v".repeat(EntryStore.MAX_VALUE_BYTES + 1),
                EURO.repeat(EntryStore.MAX_VALUE_BYTES / 3 + 1),
                LOCK.repeat(EntryStore.MAX_VALUE_BYTES / 4) + "v",
                "v\0",
                "v\ud83d",
                "\udd10v")) {
            refuses(() -> store().write(List.of(), List.of(put("b", ""), put("c", value))));
        }
    }

    @Test
    @DisplayName("E27 a key that conditions or mutations name twice is refused as input")
    void refusesAKeyNamedTwice() {
        refuses(() -> store().write(List.of(), List.of(put("b", "1"), put("b", "2"))));
        refuses(() -> store().write(List.of(), List.of(put("b", "1"), remove("b"))));
        refuses(() -> store().write(List.of(absent("b"), absent("b")), List.of(put("b", "1"))));
    }

    /** Checks that the call is refused and that nothing has happened. */
    private void refuses(Runnable call) {
        assertThrows(StoreInputException.class, call::run);
        assertEquals(Map.of(), contents());
    }
}
