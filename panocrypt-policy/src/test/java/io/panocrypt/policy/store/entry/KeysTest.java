package io.panocrypt.policy.store.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.JournalEntry.Kind;
import io.panocrypt.policy.spi.store.JournalQuery.Position;
import io.panocrypt.policy.spi.store.StoreInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final String CHARACTERS = "aZ09-_.!\"#}~ \u0001\u007f\u0130\u0131\ud83d\udd12/";

    @Test
    void sortsAsTheBytesOfTheTextsDo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            String one = text(random);
            String two = text(random);
            int wanted = Integer.signum(
                    Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), two.getBytes(StandardCharsets.UTF_8)));
            String said = "seed " + seed + ": " + one + ", " + two;
            assertEquals(wanted, Integer.signum(Keys.head(one).compareTo(Keys.head(two))), said);
            // A part that follows never outweighs one before.
            int whole = Integer.signum(Keys.row(one, 9).compareTo(Keys.row(two, 1)));
            assertEquals(wanted == 0 ? 1 : wanted, whole, said);
            assertTrue(Keys.record(one, two).chars().allMatch(c -> c > ' ' && c < 127), said);
        }
    }

    private static String text(Random random) {
        int[] points = CHARACTERS.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }

    @Test
    void sortsNegativeTimesFirst() {
        List<Long> times = List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
        List<String> keys = times.stream()
                .map(time -> Keys.place(Kind.UNLOCK, null, new Position(time, "c", 1)))
                .toList();
        assertEquals(keys.stream().sorted().toList(), keys);
    }

    @Test
    void tellsPartsApart() {
        assertNotEquals(Keys.record("a", "b!c"), Keys.record("a!b", "c"));
        assertTrue(Keys.record("a", "zzz").compareTo(Keys.end(Keys.records("a"))) < 0);
        assertTrue(Keys.record("a-b", "").compareTo(Keys.end(Keys.records("a"))) > 0);
    }

    @Test
    void refusesTextThatCannotBeKept() {
        assertThrows(StoreInputException.class, () -> Keys.record("a", "\ud800"));
        assertThrows(StoreInputException.class, () -> Keys.uniqueTerm("a", "\0"));
    }
}
