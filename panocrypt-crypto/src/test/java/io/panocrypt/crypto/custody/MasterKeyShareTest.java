package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MasterKeyShareTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MasterKey master = MasterKey.generate(RANDOM);
    private final List<MasterKeyShare> shares = MasterKeyShare.split(master, 3, 5, RANDOM);

    private static String text(MasterKeyShare share) {
        return new String(share.text(), StandardCharsets.US_ASCII);
    }

    private static MasterKeyShare parse(String text) {
        return MasterKeyShare.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(List<MasterKeyShare> shares) {
        return assertThrows(IllegalArgumentException.class, () -> MasterKeyShare.combine(shares))
                .getMessage();
    }

    @Test
    void givesTheKeyFromAnyThreeOfFive() {
        for (int a = 0; a < 5; a++) {
            for (int b = 0; b < 5; b++) {
                for (int c = 0; c < 5; c++) {
                    if (a != b && a != c && b != c) {
                        try (MasterKey combined = MasterKeyShare.combine(
                                List.of(shares.get(a), parse(text(shares.get(b))), shares.get(c)))) {
                            assertArrayEquals(master.copy(), combined.copy());
                        }
                    }
                }
            }
        }
        try (MasterKey combined = MasterKeyShare.combine(shares)) {
            assertEquals(master.fingerprint(), combined.fingerprint());
        }
    }

    @Test
    void isOneLineThatCanBeTyped() {
        String text = text(shares.get(3));
        assertTrue(text.matches("pk1-([a-z2-7]{8}-){10}[a-z2-7]{8}"), "the form of a share");
        for (String typed : List.of(
                text + "\n",
                text.toUpperCase(Locale.ROOT),
                text.replace("-", " "),
                "  " + text.replace("-", "") + "\r\n")) {
            MasterKeyShare read = parse(typed);
            assertArrayEquals(shares.get(3).text(), read.text());
            assertEquals(4, read.index());
            assertEquals(3, read.threshold());
            assertTrue(read.isOfSetOf(shares.get(0)));
            assertTrue(master.fingerprint().startsWith(read.keyFingerprint()));
        }
    }

    @Test
    void findsEveryMistypedCharacter() {
        String text = text(shares.get(0));
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '-') {
                char other = text.charAt(i) == 'a' ? 'b' : 'a';
                String mistyped = text.substring(0, i) + other + text.substring(i + 1);
                IllegalArgumentException refusal =
                        assertThrows(IllegalArgumentException.class, () -> parse(mistyped), "character " + i);
                assertFalse(refusal.getMessage().contains(text.substring(90)), "the message quotes the share");
            }
        }
        assertThrows(IllegalArgumentException.class, () -> parse(text.substring(0, text.length() - 1)));
        assertThrows(IllegalArgumentException.class, () -> parse(text + "a"));
        assertThrows(IllegalArgumentException.class, () -> parse(""));
        assertThrows(IllegalArgumentException.class, () -> parse("pk"));
    }

    @Test
    void saysWhyOthersGiveNoKey() {
        List<MasterKeyShare> second = MasterKeyShare.split(master, 3, 5, RANDOM);
        assertTrue(refusal(List.of()).contains("no share"));
        assertTrue(refusal(shares.subList(0, 2)).contains("2 shares, and 3 are needed"));
        assertTrue(refusal(List.of(shares.get(0), shares.get(1), second.get(2))).contains("several sets"));
        assertTrue(refusal(List.of(shares.get(0), shares.get(1), shares.get(1))).contains("twice"));
    }

    @Test
    void noticesAForgedShareWithAGoodChecksum() {
        MasterKey other = MasterKey.generate(RANDOM);
        MasterKeyShare forged = MasterKeyShare.split(other, 3, 5, RANDOM).get(4).in(shares.get(0));
        assertTrue(refusal(List.of(shares.get(0), shares.get(1), forged)).contains("wrong"));
        List<MasterKeyShare> more = new ArrayList<>(shares.subList(0, 3));
        more.add(forged);
        assertTrue(refusal(more).contains("wrong"));
    }

    @Test
    void refusesImpossibleNumbers() {
        for (int[] wrong : new int[][] {{1, 5}, {0, 5}, {6, 5}, {2, 256}, {2, 0}}) {
            assertThrows(
                    IllegalArgumentException.class, () -> MasterKeyShare.split(master, wrong[0], wrong[1], RANDOM));
        }
        assertEquals(255, MasterKeyShare.split(master, 255, 255, RANDOM).size());
    }

    @Test
    void showsNoSecretAndIsWiped() {
        MasterKeyShare share = shares.get(0);
        String before = text(share);
        assertFalse(share.toString().contains(before.substring(50, 58)));
        share.close();
        assertFalse(before.equals(text(share)), "the share is still there");
    }
}
