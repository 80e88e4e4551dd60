package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules E5 to E8: scans. */
abstract class ScanRules extends EntryRules {
    ScanRules(Opener opener) {
        super(opener);
    }

    private List<String> scan(String from, String to, int limit, ScanOrder order) {
        return store().scan(from, to, limit, order).stream()
                .map(StoreEntry::key)
                .toList();
    }

    private static List<String> reversed(List<String> keys) {
        List<String> reversed = new ArrayList<>(keys);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Writes entries without values, in the given order. */
    private void writeAll(List<String> keys) {
        keys.forEach(key -> write(put(key, "")));
    }

    @Test
    @DisplayName("E5 a scan is in the order of bytes, or in its reverse")
    void isInTheOrderOfBytes() {
        List<String> keys =
                List.of("#", "-", "/", "10", "9", "B", "D", "[", "_", "a", "a!", "a-", "a0", "aZ", "aa", "c");
        writeAll(List.of("a", "9", "aa", "_", "D", "a0", "c", "-", "a!", "B", "/", "aZ", "10", "#", "a-", "["));
        assertEquals(keys, scan("!", "~", 100, ScanOrder.ASCENDING));
        assertEquals(reversed(keys), scan("!", "~", 100, ScanOrder.DESCENDING));
    }

    @Test
    @DisplayName("E6 a scan includes its lower bound and not its upper one")
    void includesTheLowerBoundAlone() {
        writeAll(List.of("a", "b", "b!", "bb", "c", "d"));
        assertRange("b", "d", List.of("b", "b!", "bb", "c"));
        assertRange("aa", "cc", List.of("b", "b!", "bb", "c"));
        assertRange("b!", "c", List.of("b!", "bb"));
        assertRange("b", "b!", List.of("b"));
        assertRange("b", "b", List.of());
        assertRange("d", "b", List.of());
        assertRange("bc", "bd", List.of());
        assertRange("e", "f", List.of());
    }

    private void assertRange(String from, String to, List<String> keys) {
        assertEquals(keys, scan(from, to, 10, ScanOrder.ASCENDING), () -> from + " to " + to);
        assertEquals(
                reversed(keys), scan(from, to, 10, ScanOrder.DESCENDING), () -> from + " to " + to + " descending");
    }

    @Test
    @DisplayName("E7 a scan gives as many entries as its limit, from the end that is asked for")
    void givesAsManyAsTheLimit() {
        List<String> keys = new ArrayList<>();
        for (int number = 0; number <= EntryInput.MAX_SCAN; number++) {
            keys.add(String.format(Locale.ROOT, "k%04d", number));
        }
        // Together more than the size at which some engines end a page.
        String value = "v".repeat(2_048);
        for (int first = 0; first < keys.size(); first += store().maxBatch()) {
            write(keys.subList(first, Math.min(first + store().maxBatch(), keys.size())).stream()
                    .map(key -> put(key, value))
                    .toArray(EntryMutation[]::new));
        }
        for (int limit : new int[] {1, 2, 999, EntryInput.MAX_SCAN}) {
            assertEquals(keys.subList(0, limit), scan("k", "l", limit, ScanOrder.ASCENDING));
            assertEquals(reversed(keys).subList(0, limit), scan("k", "l", limit, ScanOrder.DESCENDING));
        }
        assertEquals(keys.subList(0, 3), scan("k", "k0003", 4, ScanOrder.ASCENDING));
        assertEquals(reversed(keys.subList(999, 1_001)), scan("k0999", "l", 3, ScanOrder.DESCENDING));
    }

    @Test
    @DisplayName("E8 pages miss no entry while others are written and removed")
    void missesNothingWhileOthersChange() throws Exception {
        List<String> lasting = new ArrayList<>();
        for (char key = 'a'; key <= 'j'; key++) {
            lasting.add("s" + key);
        }
        writeAll(lasting);
        AtomicInteger changes = new AtomicInteger();
        Together.repeat(
                () -> {
                    String other = lasting.get(changes.getAndIncrement() % lasting.size()) + "x";
                    write(put(other, ""));
                    write(remove(other));
                },
                () -> {
                    assertPages(lasting, pages(ScanOrder.ASCENDING));
                    assertPages(reversed(lasting), pages(ScanOrder.DESCENDING));
                });
    }

    private static void assertPages(List<String> lasting, List<String> found) {
        List<String> kept = new ArrayList<>(found);
        kept.removeIf(key -> key.endsWith("x"));
        assertEquals(lasting, kept);
    }

    /** All keys of the range, in pages of 3; a shorter page is the last one. */
    private List<String> pages(ScanOrder order) {
        List<String> found = new ArrayList<>();
        List<String> page;
        String from = "s";
        String to = "t";
        do {
            page = scan(from, to, 3, order);
            found.addAll(page);
            if (order == ScanOrder.DESCENDING) {
                to = page.isEmpty() ? to : page.get(page.size() - 1);
            } else {
                from = page.isEmpty() ? from : page.get(page.size() - 1) + "!";
            }
        } while (page.size() == 3);
        return found;
    }
}
