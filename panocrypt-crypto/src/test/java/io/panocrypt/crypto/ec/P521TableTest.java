package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class P521TableTest {
    private static final long SEED = 31;

    @Test
    void looksUpEveryDigit() {
        P521Table table = new P521Table();
        long[] rows = new Random(SEED).longs(3L * P521Table.ROW_LIMBS).toArray();
        for (int digit = -31; digit <= 31; digit += 2) {
            table.select(rows, P521Table.ROW_LIMBS, digit);
            int entry = P521Table.ROW_LIMBS + (Math.abs(digit) / 2) * P521Table.ENTRY_LIMBS;
            for (int i = 0; i < P521Field.LIMBS; i++) {
                assertEquals(rows[entry + i], table.x[i]);
                assertEquals(Integer.signum(digit) * rows[entry + P521Field.LIMBS + i], table.y[i]);
            }
        }
    }
}
