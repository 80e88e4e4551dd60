package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * Encodes and decodes elements of {@link P521Field} and finds their canonical form, with the same steps for every
 * value.
 */
final class P521Codec {
    static final int BYTES = 66;

    private static final long MASK = (1L << P521Field.BITS) - 1;
    private static final long TOP_MASK = (1L << P521Field.TOP_BITS) - 1;

    private P521Codec() {}

    /** The element of a big-endian number of 66 bytes below 2^521, with size 1. */
    static void decode(long[] r, byte[] bytes) {
        for (int i = 0; i < P521Field.LIMBS; i++) {
            r[i] = 0;
        }
        for (int i = 0; i < BYTES; i++) {
            long value = bytes[BYTES - 1 - i] & 0xff;
            int limb = 8 * i / P521Field.BITS;
            int shift = 8 * i % P521Field.BITS;
            r[limb] |= (value << shift) & MASK;
            if (shift > P521Field.BITS - 8 && limb < P521Field.LIMBS - 1) {
                r[limb + 1] |= value >> (P521Field.BITS - shift);
            }
        }
        P521Field.carry(r);
    }

    /** Writes an element of size at most 3 as the big-endian number from 0 to p-1, in 66 bytes. */
    static void encode(byte[] bytes, long[] a, long[] scratch) {
        canonical(scratch, a);
        for (int i = 0; i < BYTES; i++) {
            int limb = 8 * i / P521Field.BITS;
            int shift = 8 * i % P521Field.BITS;
            long value = scratch[limb] >>> shift;
            if (shift > P521Field.BITS - 8 && limb < P521Field.LIMBS - 1) {
                value |= scratch[limb + 1] << (P521Field.BITS - shift);
            }
            bytes[BYTES - 1 - i] = (byte) value;
        }
    }

    /** Whether an element of size at most 3 is 0 modulo p. */
    static boolean isZero(long[] a, long[] scratch) {
        canonical(scratch, a);
        long any = 0;
        for (int i = 0; i < P521Field.LIMBS; i++) {
            any |= scratch[i];
        }
        return any == 0;
    }

    /** The one form with limbs from 0 to 2^58 - 1 and a value from 0 to p-1. */
    static void canonical(long[] r, long[] a) {
        for (int i = 0; i < P521Field.LIMBS - 1; i++) {
            r[i] = a[i] + 4 * MASK;
        }
        r[P521Field.LIMBS - 1] = a[P521Field.LIMBS - 1] + 4 * TOP_MASK;
        // 4p made it positive. Two rounds bring it to at most p: the second's carry of 1 leaves nothing to propagate.
        ripple(r);
        ripple(r);
        // Only p itself still has two forms, and only p overflows when 1 is added.
        r[0] += 1;
        ripple(r);
        r[0] -= 1;
        ripple(r);
    }

    /** Sets r to the integer p, the form of zero that {@link #canonical} never gives. */
    static void setPrime(long[] r) {
        Arrays.fill(r, MASK);
        r[P521Field.LIMBS - 1] = TOP_MASK;
    }

    /**
     * One round of carries from the lowest limb up; the top limb's carry is added to the bottom limb with the same
     * weight.
     */
    private static void ripple(long[] r) {
        long carry = 0;
        for (int i = 0; i < P521Field.LIMBS - 1; i++) {
            long value = r[i] + carry;
            r[i] = value & MASK;
            carry = value >> P521Field.BITS;
        }
        long top = r[P521Field.LIMBS - 1] + carry;
        r[P521Field.LIMBS - 1] = top & TOP_MASK;
        r[0] += top >> P521Field.TOP_BITS;
    }
}
