package io.panocrypt.policy.spi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreTextTest {
    /** H and L are the two halves of a surrogate pair, N is NUL, and U is U+FFFF, the character after all halves. */
    @ParameterizedTest
    @CsvSource({
        "'', true",
        "a, true",
        "U, true",
        "aHLa, true",
        "HLHL, true",
        "N, false",
        "aN, false",
        "H, false",
        "L, false",
        "aH, false",
        "LH, false",
        "HaL, false",
        "HHL, false",
        "HLL, false",
        "HN, false",
        "HLH, false"
    })
    void takesWholePairsOnly(String text, boolean storable) {
        String real = text.replace('H', '\ud83d')
                .replace('L', '\udd12')
                .replace('N', '\0')
                .replace('U', '\uffff');
        assertEquals(storable, StoreText.isStorable(real));
    }
}
