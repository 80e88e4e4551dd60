package io.panocrypt.policy.notify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OneLineTest {
    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("plain", "plain"),
                Arguments.of("a\r\nBcc: b@c", "a Bcc: b@c"),
                Arguments.of("a\u0000b\tc\u001b[31md\u007f", "a b c [31md"),
                Arguments.of("a\u0085b\u2028c\u2029d", "a b c d"),
                Arguments.of("\u202egnp.exe\u202c", "gnp.exe"),
                Arguments.of("a\u200fb\u061cc\u200ed", "a b c d"),
                Arguments.of("a\u2066b\u2069", "a b"),
                Arguments.of(" \n\t ", ""),
                Arguments.of("\ud83d\udc69\u200d\ud83d\udcbb", "\ud83d\udc69\u200d\ud83d\udcbb"),
                Arguments.of("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
                Arguments.of("a\ud83db", "a\ufffdb"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void keepsTheTextAndDropsWhatBreaksOrReordersTheLine(String text, String shown) {
        assertEquals(shown, OneLine.of(text, 100));
    }

    @Test
    void cutsByCodePointsAndShowsThatItDid() {
        assertEquals("abcd", OneLine.of("abcd", 4));
        assertEquals("abc\u2026", OneLine.of("abcde", 4));
        assertEquals("\ud83d\ude00\ud83d\ude00\u2026", OneLine.of("\ud83d\ude00".repeat(4), 3));
    }

    @Test
    void neverBreaksItsLineWhateverTheText() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String text = random.ints(random.nextInt(40), 0, 0x3000)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            String line = OneLine.of(text, 20);
            assertTrue(line.codePointCount(0, line.length()) <= 20, () -> "seed " + seed);
            assertTrue(line.codePoints().noneMatch(OneLineTest::breaks), () -> "seed " + seed);
        }
    }

    private static boolean breaks(int point) {
        return Character.isISOControl(point) || point == 0x2028 || point == 0x2029 || point == 0x202e;
    }
}
