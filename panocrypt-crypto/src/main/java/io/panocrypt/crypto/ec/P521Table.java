package io.panocrypt.crypto.ec;

import java.util.Arrays;

/**
 * Looks up one of sixteen affine points P, 3P, ..., 31P by an odd digit, and reads every entry each time.
 *
 * <p>A row is sixteen entries of eighteen limbs, x before y. Neither the addresses read nor the time depend on the
 * digit. Not thread-safe: the selected point is held here until {@link #wipe()}.
 */
final class P521Table {
    static final int ENTRIES = 1 << (P521Scalar.WINDOW - 1);
    static final int ENTRY_LIMBS = 2 * P521Field.LIMBS;
    static final int ROW_LIMBS = ENTRIES * ENTRY_LIMBS;

    private final long[] eight = new long[8 * ENTRY_LIMBS];
    private final long[] four = new long[4 * ENTRY_LIMBS];
    private final long[] two = new long[2 * ENTRY_LIMBS];
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
        choose(eight, 8 * ENTRY_LIMBS, table, row, index >> 3);
        choose(four, 4 * ENTRY_LIMBS, eight, 0, index >> 2);
        choose(two, 2 * ENTRY_LIMBS, four, 0, index >> 1);
        choose(found, ENTRY_LIMBS, two, 0, index);
        P521Field.copy(x, found);
        System.arraycopy(found, P521Field.LIMBS, y, 0, P521Field.LIMBS);
        P521Field.negateIf(sign, y);
    }

    /**
     * Keeps one half of the entries that begin at an index: the first if the choice is even, the second if it is odd.
     * Reads both and combines them under a mask. The compiler vectorizes the loop only if it knows the number of limbs.
     */
    private static void choose(long[] half, int limbs, long[] entries, int from, int choice) {
        long second = -(long) (choice & 1);
        for (int i = 0; i < limbs; i++) {
            long limb = entries[from + i];
            half[i] = limb ^ (limb ^ entries[from + limbs + i]) & second;
        }
    }

    void wipe() {
        Arrays.fill(eight, 0);
        Arrays.fill(four, 0);
        Arrays.fill(two, 0);
        Arrays.fill(found, 0);
        Arrays.fill(x, 0);
        Arrays.fill(y, 0);
    }
}
