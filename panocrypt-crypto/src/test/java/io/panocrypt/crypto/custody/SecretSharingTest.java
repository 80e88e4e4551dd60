package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretSharingTest {
    /** Multiplies by logarithms to the base 3, whose tables are filled by repeated doubling and adding. */
    private static final class Logarithms {
        private final int[] power = new int[255];
        private final int[] log = new int[256];

        Logarithms() {
            int value = 1;
            for (int i = 0; i < 255; i++) {
                power[i] = value;
                log[value] = i;
                int doubled = value * 2;
                value ^= doubled > 255 ? doubled - 256 ^ 0x1b : doubled;
            }
        }

        int multiply(int a, int b) {
            return a == 0 || b == 0 ? 0 : power[(log[a] + log[b]) % 255];
        }
    }

    @Test
    void multipliesAsTheStandardOfTheFieldShows() {
        // FIPS 197, section 4.2
        assertEquals(0xc1, SecretSharing.multiply(0x57, 0x83));
        assertEquals(0xfe, SecretSharing.multiply(0x57, 0x13));
        assertEquals(0xca, SecretSharing.inverse(0x53));
    }

    @Test
    void multipliesAndInvertsAllBytes() {
        Logarithms reference = new Logarithms();
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                assertEquals(reference.multiply(a, b), SecretSharing.multiply(a, b), a + " times " + b);
            }
            assertEquals(a == 0 ? 0 : 1, SecretSharing.multiply(a, SecretSharing.inverse(a)), "inverse of " + a);
        }
    }

    /** The polynomial 0x42 + 0x05 x: 0x47 at 1, 0x48 at 2, 0x4d at 3. */
    @Test
    void splitsAndCombinesAsByHand() {
        SecureRandom five = new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                Arrays.fill(bytes, (byte) 5);
            }
        };
        byte[][] shares = SecretSharing.split(new byte[] {0x42}, 2, 3, five);
        assertArrayEquals(new byte[][] {{0x47}, {0x48}, {0x4d}}, shares);
        assertArrayEquals(new byte[] {0x42}, SecretSharing.combine(List.of(3, 1), List.of(shares[2], shares[0])));
    }

    @Test
    void givesTheSecretFromAnySharesThatAreEnough() {
        long seed = new SecureRandom().nextLong();
        Random random = new Random(seed);
        SecureRandom secure = new SecureRandom();
        for (int round = 0; round < 200; round++) {
            int threshold = 2 + random.nextInt(6);
            int count = threshold + random.nextInt(round % 50 == 0 ? 250 : 5);
            byte[] secret = new byte[1 + random.nextInt(40)];
            random.nextBytes(secret);
            byte[][] shares = SecretSharing.split(secret, threshold, Math.min(count, 255), secure);
            List<Integer> indexes = new ArrayList<>();
            for (int i = 1; i <= shares.length; i++) {
                indexes.add(i);
            }
            Collections.shuffle(indexes, random);
            List<Integer> some = indexes.subList(0, threshold);
            List<byte[]> values = some.stream().map(i -> shares[i - 1]).toList();
            assertArrayEquals(secret, SecretSharing.combine(some, values), "seed " + seed + ", round " + round);
        }
    }

    /** For each value of one byte there is a polynomial through the known share, so a share excludes none. */
    @Test
    void tellsNothingByFewerShares() {
        for (int value = 0; value < 256; value++) {
            byte[] other = {(byte) value};
            byte[] secret = SecretSharing.combine(List.of(1, 2), List.of(new byte[] {0x11}, other));
            byte[] next =
                    SecretSharing.combine(List.of(1, 2), List.of(new byte[] {0x11}, new byte[] {(byte) (value + 1)}));
            assertFalse(Arrays.equals(secret, next), "two second shares give one secret");
        }
    }
}
