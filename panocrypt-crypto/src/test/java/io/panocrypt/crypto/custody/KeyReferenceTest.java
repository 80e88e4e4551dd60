package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.KeyRole;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyReferenceTest {
    private static final KeyLabel LABEL = new KeyLabel("d1", 2, KeyRole.EXCHANGE, Curve.P_521);

    /** Stored references must keep their meaning. */
    @Test
    void hasAFixedForm() throws NoSuchAlgorithmException {
        byte[] stored = KeyReference.of(LABEL, new SecureRandom()).stored();
        String hashed = "\0\0\0\026panocrypt/token-key/v1\0\0\0\002d1\0\0\0\0012\0\0\0\010EXCHANGE\0\0\0\005P-521";
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(hashed.getBytes(StandardCharsets.US_ASCII));
        assertEquals(33, stored.length);
        assertEquals(1, stored[0]);
        HexFormat hex = HexFormat.of();
        assertEquals(hex.formatHex(hash, 0, 16), hex.formatHex(stored, 1, 17));
        assertEquals(
                "panocrypt-" + hex.formatHex(stored, 1, 33),
                KeyReference.read(LABEL, stored).alias());
    }

    @Test
    void isReadUnderItsLabelOnly() {
        byte[] stored = KeyReference.of(LABEL, new SecureRandom()).stored();
        for (KeyLabel other : List.of(
                new KeyLabel("d12", 2, KeyRole.EXCHANGE, Curve.P_521),
                new KeyLabel("d1", 22, KeyRole.EXCHANGE, Curve.P_521),
                new KeyLabel("d1", 2, KeyRole.SIGNING, Curve.P_521),
                new KeyLabel("d1", 2, KeyRole.EXCHANGE, Curve.P_256))) {
            assertThrows(CustodyException.class, () -> KeyReference.read(other, stored), other::toString);
        }
    }

    @Test
    void isReadInItsFormOnly() {
        byte[] stored = KeyReference.of(LABEL, new SecureRandom()).stored();
        byte[] version = stored.clone();
        version[0] = 2;
        for (byte[] wrong : List.of(new byte[0], version, Arrays.copyOf(stored, 32), Arrays.copyOf(stored, 34))) {
            assertThrows(CustodyException.class, () -> KeyReference.read(LABEL, wrong));
        }
    }

    @Test
    void isNewEachTime() {
        SecureRandom random = new SecureRandom();
        assertNotEquals(
                KeyReference.of(LABEL, random).alias(),
                KeyReference.of(LABEL, random).alias());
    }
}
