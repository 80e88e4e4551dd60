package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * A secret scalar of P-521 as 105 odd digits from -31 to 31, the lowest worth 1, the next 32, and so on.
 *
 * <p>Only an odd number has such digits (Joye and Tunstall 2009, "Exponent recoding and regular exponentiation
 * algorithms"). An even scalar k is replaced by the odd n - k, and {@link #wasEven()} says that the product must be
 * negated. With k(i) = floor(k / 32^i) with its last bit set, digit i is k(i) mod 64 - 32, so each digit is six
 * neighbouring bits of k. The top digit, k(104), is always 1. Time depends on no bit of the scalar. Not thread-safe.
 */
final class P521Scalar {
    static final int DIGITS = 105;
    static final int WINDOW = 5;

    private static final int WORD_BITS = 32;
    private static final long WORD_MASK = 0xffffffffL;
    private static final long[] ORDER = words(EcPoint.bytes(Curve.P_521, Curve.P_521.n()));

    /** Words of 32 bits, the lowest first; the last is 0 because each window may read one word ahead. */
    private final long[] words = new long[ORDER.length];

    private long evenMask;

    /**
     * Loads a scalar.
     *
     * @param scalar 66 bytes, big-endian, from 1 to n-1
     */
    void load(byte[] scalar) {
        fill(words, scalar);
        evenMask = (words[0] & 1) - 1;
        long borrow = 0;
        for (int i = 0; i < words.length; i++) {
            long difference = ORDER[i] - words[i] + borrow;
            borrow = difference >> WORD_BITS;
            words[i] ^= (words[i] ^ (difference & WORD_MASK)) & evenMask;
        }
    }

    /** -1 if the scalar was even and the product must be negated, otherwise 0. */
    long wasEven() {
        return evenMask;
    }

    /** Digit i from 0 to 103, odd, from -31 to 31. */
    int digit(int i) {
        int bit = WINDOW * i;
        long pair = words[bit / WORD_BITS] | words[bit / WORD_BITS + 1] << WORD_BITS;
        int window = (int) (pair >>> bit % WORD_BITS) & 63;
        return (window | 1) - 32;
    }

    void wipe() {
        Arrays.fill(words, 0);
        evenMask = 0;
    }

    private static long[] words(byte[] number) {
        long[] words = new long[number.length * 8 / WORD_BITS + 2];
        fill(words, number);
        return words;
    }

    private static void fill(long[] words, byte[] number) {
        Arrays.fill(words, 0);
        for (int i = 0; i < number.length; i++) {
            long value = number[number.length - 1 - i] & 0xff;
            words[8 * i / WORD_BITS] |= value << 8 * i % WORD_BITS;
        }
    }
}
