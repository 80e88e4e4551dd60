package io.panocrypt.standalone.masterkey;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.standalone.masterkey.PassphraseWrap.Cost;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.util.encoders.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassphraseWrapTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Cost CHEAP = new Cost(64, 1, 1);
    private static final byte[] KEY = new byte[32];

    static {
        RANDOM.nextBytes(KEY);
    }

    private static PassphraseWrap wrap(String passphrase) {
        return new PassphraseWrap(passphrase.getBytes(StandardCharsets.UTF_8), RANDOM, CHEAP);
    }

    private static String refusal(byte[] wrapped) {
        return assertThrows(CustodyException.class, () -> wrap("correct horse").unwrap(wrapped))
                .getMessage();
    }

    private static byte[] replaced(byte[] wrapped, String from, String to) {
        String text = new String(wrapped, StandardCharsets.UTF_8);
        assertTrue(text.contains(from), text);
        return text.replace(from, to).getBytes(StandardCharsets.UTF_8);
    }

    /** RFC 9106, section 5.3: shows that the library's Argon2id is the standard's. */
    @Test
    void derivesAsTheStandardShows() {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(32)
                .withIterations(3)
                .withParallelism(4)
                .withSalt(Hex.decode("02".repeat(16)))
                .withSecret(Hex.decode("03".repeat(8)))
                .withAdditional(Hex.decode("04".repeat(12)))
                .build());
        byte[] tag = new byte[32];
        argon2.generateBytes(Hex.decode("01".repeat(32)), tag);
        assertEquals("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Hex.toHexString(tag));
    }

    @Test
    void givesTheKeyForItsPassphrase() {
        byte[] wrapped = wrap("correct horse").wrap(KEY);
        assertArrayEquals(KEY, wrap("correct horse").unwrap(wrapped));
        assertTrue(refusalOf("correct hors", wrapped).contains("passphrase is wrong"));
        assertFalse(Arrays.equals(wrapped, wrap("correct horse").wrap(KEY)), "two envelopes are equal");
    }

    private static String refusalOf(String passphrase, byte[] wrapped) {
        return assertThrows(CustodyException.class, () -> wrap(passphrase).unwrap(wrapped))
                .getMessage();
    }

    @Test
    void costsWhatTheStandardRecommends() {
        assertEquals(new Cost(65_536, 3, 4), Cost.DEFAULT);
        byte[] wrapped = new PassphraseWrap("correct horse".getBytes(StandardCharsets.UTF_8), RANDOM).wrap(KEY);
        String text = new String(wrapped, StandardCharsets.UTF_8);
        assertTrue(
                text.startsWith(
                        "{\"v\":1,\"wrap\":\"passphrase-argon2id\",\"memoryKiB\":65536,\"passes\":3,\"lanes\":4,"),
                text);
        assertArrayEquals(KEY, wrap("correct horse").unwrap(wrapped));
    }

    @Test
    void opensNothingThatWasChanged() {
        byte[] wrapped = wrap("correct horse").wrap(KEY);
        for (int i = 0; i < wrapped.length; i++) {
            byte[] changed = wrapped.clone();
            changed[i] ^= 1;
            byte[] key = new byte[0];
            try {
                key = wrap("correct horse").unwrap(changed);
            } catch (CustodyException e) {
                assertFalse(e.getMessage().contains("correct"), "the message quotes the passphrase");
            }
            // White space and the padding bits of base64 mean nothing.
            assertTrue(key.length == 0 || Arrays.equals(KEY, key), "another key at byte " + i);
        }
        refusal(Arrays.copyOf(wrapped, wrapped.length - 1));
        refusal(new byte[0]);
        refusal("{}".getBytes(StandardCharsets.US_ASCII));
        refusal(replaced(wrapped, "\"v\":1", "\"v\":2"));
        refusal(replaced(wrapped, "{", "{\"more\":1,"));
    }

    @ParameterizedTest
    @CsvSource({
        "memoryKiB,64,262145",
        "memoryKiB,64,2147483647",
        "memoryKiB,64,7",
        "memoryKiB,64,-1",
        "passes,1,17",
        "passes,1,0",
        "passes,1,2147483647",
        "lanes,1,17",
        "lanes,1,0"
    })
    void takesNoMoreMemoryOrTimeThanItMay(String member, String before, String demanded) {
        byte[] wrapped = wrap("correct horse").wrap(KEY);
        String name = "\"" + member + "\":";
        assertTrue(refusal(replaced(wrapped, name + before, name + demanded)).contains("demands more"));
    }

    @Test
    void wipesThePassphrase() {
        byte[] passphrase = "correct horse".getBytes(StandardCharsets.UTF_8);
        new PassphraseWrap(passphrase, RANDOM, CHEAP).close();
        assertArrayEquals(new byte[13], passphrase);
    }
}
