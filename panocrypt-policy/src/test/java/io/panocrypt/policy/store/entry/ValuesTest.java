package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private record Sample(String text) {}

    private record Whole(Sample sample, String body) {}

    private static final Sample SAMPLE = new Sample("two\nlines");
    private static final String STORED = "{\"v\":1,\"text\":\"two\\nlines\"}";

    private static Whole read(String text) {
        return Values.read(text, Sample.class, Whole::new);
    }

    @Test
    void keepsABodyAsItIs() {
        String body = "{\"a\":\"\\\"\"}\n\nmore";
        assertEquals(STORED + "\n" + body, Values.write(SAMPLE, body));
        assertEquals(new Whole(SAMPLE, body), read(STORED + "\n" + body));
        assertEquals(new Whole(SAMPLE, ""), read(Values.write(SAMPLE, "")));
    }

    @Test
    void isUnreadableWithoutABody() {
        assertThrows(UnreadableRecordException.class, () -> read(STORED));
        assertThrows(UnreadableRecordException.class, () -> read("\n{}"));
        assertThrows(UnreadableRecordException.class, () -> read("{\"v\":2,\"text\":\"\"}\n{}"));
    }

    @Test
    void refusesATextThatCannotBeKept() {
        assertThrows(StoreInputException.class, () -> Values.write(SAMPLE, "\0"));
        assertThrows(StoreInputException.class, () -> Values.write(SAMPLE, "\ud800"));
        assertThrows(StoreInputException.class, () -> Values.write(List.of("\udc00")));
    }

    /** The limit counts bytes: one, two, three or, for a pair of characters, four. */
    @Test
    void refusesOneByteTooMany() {
        int left = EntryStore.MAX_VALUE_BYTES - STORED.length() - 1;
        for (String character : List.of("a", "\u0130", "\u20ac", "\ud83d\udd12")) {
            int bytes = character.getBytes(StandardCharsets.UTF_8).length;
            String fits = character.repeat(left / bytes) + "a".repeat(left % bytes);
            assertEquals(STORED + "\n" + fits, Values.write(SAMPLE, fits));
            assertThrows(StoreInputException.class, () -> Values.write(SAMPLE, fits + "a"));
        }
    }
}
