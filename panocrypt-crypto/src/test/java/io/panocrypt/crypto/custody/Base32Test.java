package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base32Test {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** RFC 4648, section 10. */
    @ParameterizedTest
    @CsvSource({"f, my", "fo, mzxq", "foo, mzxw6", "foob, mzxw6yq", "fooba, mzxw6ytb", "foobar, mzxw6ytboi"})
    void writesAndReadsTheExamplesOfTheStandard(String plain, String encoded) {
        assertEquals(encoded, new String(Base32.encode(ascii(plain)), StandardCharsets.US_ASCII));
        assertArrayEquals(ascii(plain), Base32.decode(ascii(encoded)));
        assertArrayEquals(ascii(plain), Base32.decode(ascii(encoded.toUpperCase(java.util.Locale.ROOT))));
    }

    @Test
    void readsWhatItWrites() {
        long seed = new SecureRandom().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, Base32.decode(Base32.encode(bytes)), "seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "8", "9", "@", "[", "`", "{", "=", "\u00e9", "\u0000", "/", ":"})
    void takesNoOtherCharacter(String wrong) {
        assertEquals(0, Base32.decode(ascii("mzxw6yt" + wrong)).length);
    }
}
