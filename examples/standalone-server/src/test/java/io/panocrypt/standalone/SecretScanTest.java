package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The scan of the acceptance test finds what it should. */
class SecretScanTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SecretScan scan = new SecretScan();

    private Set<String> find(String text) {
        return scan.find(("before " + text + " after").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void findsEachFormAtAnyPlace() {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        scan.bytes("key", secret);
        String hex = HexFormat.of().formatHex(secret);
        assertTrue(find(hex).contains("key (hex)"), "seed " + seed);
        assertTrue(find(hex.toUpperCase(Locale.ROOT)).contains("key (upper-case hex)"), "seed " + seed);
        assertTrue(find(Arrays.toString(secret)).contains("key (numbers)"), "seed " + seed);
        assertTrue(find(new String(secret, StandardCharsets.ISO_8859_1)).contains("key (raw)"), "seed " + seed);
        for (int before = 0; before < 5; before++) {
            byte[] content = new byte[before + secret.length + 7];
            random.nextBytes(content);
            System.arraycopy(secret, 0, content, before, secret.length);
            assertTrue(find(Base64.getEncoder().encodeToString(content)).contains("key (base64)"), "seed " + seed);
            assertTrue(
                    find(Base64.getUrlEncoder().encodeToString(content)).contains("key (base64url)"), "seed " + seed);
        }
        assertEquals(Set.of(), find("0".repeat(200)));
    }

    @Test
    void findsAPartOfAText() {
        String secret = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        scan.text("token", secret);
        for (int from = 0; from + 31 <= secret.length(); from++) {
            assertEquals(Set.of("token (raw)"), find(secret.substring(from, from + 31)));
        }
    }

    @Test
    void findsAScalarWithAndWithoutItsZeros() {
        byte[] scalar = new byte[66];
        random.nextBytes(scalar);
        scalar[0] = 0;
        scalar[1] = (byte) (1 + random.nextInt(15));
        scan.scalar("d", scalar);
        BigInteger number = new BigInteger(1, scalar);
        for (String text : List.of(
                number.toString(),
                number.toString(16),
                HexFormat.of().formatHex(scalar),
                Base64.getUrlEncoder().encodeToString(scalar),
                Base64.getUrlEncoder().encodeToString(Arrays.copyOfRange(scalar, 1, 66)))) {
            assertTrue(find(text).stream().anyMatch(found -> found.startsWith("d (")), "seed " + seed + ": " + text);
        }
    }

    @Test
    void refusesWhatIsTooShortToBeFound() {
        assertThrows(IllegalArgumentException.class, () -> scan.text("pin", "1234"));
    }
}
