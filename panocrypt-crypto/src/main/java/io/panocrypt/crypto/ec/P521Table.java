package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * Looks up one of sixteen affine points P, 3P, ..., 31P by an odd digit, reading every entry each time.
 *
 * <p>A row is sixteen entries of eighteen limbs, x before y. Neither the addresses read nor the time depend on the
 * digit. Not thread-safe: the point found is held here until {@link #wipe()}.
 */
final class P521Table {
    static final int ENTRIES = 1 << (P521Scalar.WINDOW - 1);
    static final int ENTRY_LIMBS = 2 * P521Field.LIMBS;
    static final int ROW_LIMBS = ENTRIES * ENTRY_LIMBS;

    private final long[] found = new long[ENTRY_LIMBS];
    final long[] x = new long[P521Field.LIMBS];
    final long[] y = new long[P521Field.LIMBS];

    /**
     * Sets x and y to digit times P.
     *
     * @param table holds the row
     * @param row where in the table the row begins
     * @param digit odd, from -31 to 31
     */
    void select(long[] table, int row, int digit) {
        int sign = digit >> 31;
        int index = ((digit ^ sign) - sign) >> 1;
        Arrays.fill(found, 0);
        for (int entry = 0; entry < ENTRIES; entry += 4) {
            long mask0 = equalMask(entry, index);
            long mask1 = equalMask(entry + 1, index);
            long mask2 = equalMask(entry + 2, index);
            long mask3 = equalMask(entry + 3, index);
            int from = row + entry * ENTRY_LIMBS;
            for (int limb = 0; limb < ENTRY_LIMBS; limb++) {
                found[limb] |= (table[from + limb] & mask0)
                        | (table[from + ENTRY_LIMBS + limb] & mask1)
                        | (table[from + 2 * ENTRY_LIMBS + limb] & mask2)
                        | (table[from + 3 * ENTRY_LIMBS + limb] & mask3);
            }
        }
        P521Field.copy(x, found);
        System.arraycopy(found, P521Field.LIMBS, y, 0, P521Field.LIMBS);
        P521Field.negateIf(sign, y);
    }

    /** All ones if two small numbers are equal, because 0 - 1 is the only negative difference; otherwise zero. */
    private static long equalMask(int a, int b) {
        return ((a ^ b) - 1) >> 31;
    }

    void wipe() {
        Arrays.fill(found, 0);
        Arrays.fill(x, 0);
        Arrays.fill(y, 0);
    }
}
