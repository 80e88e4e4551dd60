package io.panocrypt.policy.internal.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParseCacheTest {
    private final ParseCache<List<String>> lists = new ParseCache<>();

    private List<String> read(String name, String text) {
        return lists.of(name, text, some -> List.of(some.split(",")));
    }

    @Test
    void parsesTheSameTextOnce() {
        List<String> first = read("a", "1,2");
        assertEquals(List.of("1", "2"), first);
        assertSame(first, read("a", "1,2"));
    }

    /** A restored backup or an edit by hand may change a text under the same name and version. */
    @Test
    void parsesAnotherTextAnew() {
        read("a", "1,2");
        assertEquals(List.of("1", "3"), read("a", "1,3"));
        assertEquals(List.of("1", "2"), read("a", "1,2"));
        assertEquals(List.of("1", "3"), read("b", "1,3"));
    }

    @Test
    void takesAWrittenValueOnlyForItsText() {
        List<String> written = List.of("1", "2");
        lists.put("a", "1,2", written);
        assertSame(written, read("a", "1,2"));
        assertEquals(List.of("9"), read("a", "9"));
    }

    @Test
    void forgetsNothingForATextThatCannotBeRead() {
        List<String> first = read("a", "1,2");
        assertThrows(
                UnreadableRecordException.class,
                () -> lists.of("a", "{", text -> {
                    throw new UnreadableRecordException(text);
                }));
        assertSame(first, read("a", "1,2"));
    }

    @Test
    void forgetsTheValueThatWasReadLongestAgo() {
        List<String> first = read("a", "1,2");
        IntStream.range(0, 4_096).forEach(i -> read("other-" + i, "1,2"));
        assertNotSame(first, read("a", "1,2"));
    }
}
