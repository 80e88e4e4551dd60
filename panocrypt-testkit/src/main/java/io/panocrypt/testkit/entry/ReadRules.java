package io.panocrypt.testkit.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules E1 to E4: reads by key. */
abstract class ReadRules extends EntryRules {
    private static final List<String> VALUES = List.of(
            "",
            " ",
            " a ",
            "null",
            "0",
            "1e3",
            "true",
            "{\"a\":[1,\"\\u0000\"]}",
            "'; \"\\\\\" %s $1 ${a} {0} -- /*",
            "\t\r\n\n",
            "\u0001\u001f\u007f\u0085",
            "\u00e4 and a\u0308",
            "\u0130\u0131\u1e9e",
            "\u2028\u202e\u200b",
            "\ufeff\ufffd\uffff",
            "\ud83d\udd10\ud800\udc00\udbff\udfff");

    /** Keys that engines may take for patterns, paths, separators or each other. */
    private static final List<String> KEYS = List.of(
            "a", "A", "aa", "a!", "a~", "a*", "a?", "[a]", "a%", "a_", "a\\", "a'", "a\"", "{a}", "a:", "a/", "a//",
            "/a", "//a", ".", "..", "a/../b", "a,b", "a;b", "$a", "a^1", "(a", "-", "+", "!", "~", "0", "00");

    ReadRules(Opener opener) {
        super(opener);
    }

    @Test
    @DisplayName("E1 a read finds each entry by its key, as it was last written")
    void findsEntriesByTheirKeys() {
        write(put("a", "1"), put("b", "2"), put("c", "3"));
        write(put("b", "4"));
        Map<String, StoreEntry> found = store().read(List.of("c", "b"));
        assertEquals(Map.of("b", "4", "c", "3"), values(found.values()));
        found.forEach((key, entry) -> assertEquals(key, entry.key()));
    }

    @Test
    @DisplayName("E2 a read leaves out keys that do not exist")
    void leavesOutKeysThatDoNotExist() {
        assertEquals(Map.of(), store().read(List.of("a")), "in an empty store");
        write(put("a", "1"), put("b", "2"));
        write(remove("b"));
        assertEquals(Set.of("a"), store().read(List.of("a", "b", "c")).keySet());
        assertEquals(Map.of(), store().read(List.of("b", "c")));
        assertEquals(Map.of(), store().read(List.of()), "of no key");
    }

    @Test
    @DisplayName("E3 a value comes back exactly as it was written")
    void keepsValuesExactly() {
        for (String value : VALUES) {
            write(put("a", value));
            assertEquals(value, entry("a").value());
            assertEquals(Map.of("a", value), contents());
        }
    }

    @Test
    @DisplayName("E4 keys are told apart by every character")
    void tellsKeysApart() {
        List<EntryMutation> puts = new ArrayList<>();
        KEYS.forEach(key -> puts.add(put(key, "of " + key)));
        write(puts.toArray(EntryMutation[]::new));
        KEYS.forEach(key -> assertEquals("of " + key, entry(key).value()));
        write(remove("a"));
        KEYS.subList(1, KEYS.size())
                .forEach(key -> assertEquals("of " + key, entry(key).value()));
    }
}
