package io.panocrypt.standalone.masterkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.standalone.common.StartupException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before the token is asked. */
class TokenWrapTest {
    private static final String SEALED = "A".repeat(82) + "==";
    private static final String INTACT =
            "{\"v\":1,\"wrap\":\"pkcs11-aes-gcm\",\"alias\":\"panocrypt-master-key\",\"sealed\":\"" + SEALED + "\"}";

    private static final KeyToken NONE = new KeyToken(KeyToken.OPTION, null);

    private static void unwrap(String envelope) {
        NONE.wrap().unwrap(envelope.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void asksForTheTokenOfAnIntactEnvelope() {
        for (String envelope : List.of(INTACT, INTACT + "\n")) {
            StartupException refused = assertThrows(StartupException.class, () -> unwrap(envelope));
            assertTrue(refused.getMessage().contains(KeyToken.OPTION), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"v\":1`, `\"v\":2`",
                "pkcs11-aes-gcm, passphrase-argon2id",
                "panocrypt-master-key, a/b",
                "panocrypt-master-key, ``",
                "`\"v\":1,`, ``",
                "`\"v\":1`, `\"v\":1,\"v\":1`",
                "`\"v\":1`, `\"v\":1,\"pin\":\"1\"`",
                "`\"v\":1`, `\"v\": 1`",
                "AAAA, ``",
                "A==, B==",
                "}, ``",
                "}, }x"
            })
    void opensNoOtherEnvelope(String from, String to) {
        String changed = INTACT.replace(from, to);
        assertTrue(!changed.equals(INTACT), changed);
        CustodyException refused = assertThrows(CustodyException.class, () -> unwrap(changed));
        assertTrue(refused.getMessage().contains("or damaged"), refused.getMessage());
    }

    @Test
    void findsAWrongUriWithoutTheToken() {
        List<String> problems = new ArrayList<>();
        NONE.check(problems);
        new KeyToken("--token", "pkcs11:token=a?module-path=/m.so&pin-value=31337").check(problems);
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).startsWith("--token: pin-value is refused"), problems::toString);
        assertTrue(!problems.get(0).contains("31337"), problems::toString);
    }
}
