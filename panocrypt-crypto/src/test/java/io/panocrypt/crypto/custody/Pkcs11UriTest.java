package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Pkcs11UriTest {
    private static final String QUERY = "?module-path=/usr/lib/m.so&pin-source=file:/etc/pin";

    @Test
    void readsWhatItSupports() {
        assertEquals(
                new Pkcs11Uri(
                        Map.of("token", "My Token+1", "serial", "ab;1", "manufacturer", "ACME", "model", "v2"),
                        OptionalLong.of(1_234_567_890_123L),
                        Path.of("/usr/lib/m.so"),
                        Path.of("/etc/pin")),
                Pkcs11Uri.parse("PKCS11:token=My%20Token+1;serial=ab%3b1;manufacturer=ACME;model=v2"
                        + ";slot-id=1234567890123" + QUERY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:/etc/pin", "file:///etc/pin", "/etc/pin", "file%3A/etc/pin"})
    void readsThePathOfThePinFile(String source) {
        String uri = "pkcs11:token=a?pin-source=" + source + "&module-path=/m.so";
        assertEquals(Path.of("/etc/pin"), Pkcs11Uri.parse(uri).pinFile());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:token=a" + QUERY,
                "pkcs11:" + QUERY,
                "pkcs11:token=a",
                "pkcs11:token=a?module-path=/m.so",
                "pkcs11:token=a?pin-source=/p",
                "pkcs11:token=a?module-path=m.so&pin-source=/p",
                "pkcs11:token=a?module-path=/m.so&pin-source=|cat%20/p",
                "pkcs11:token=a?module-path=/m.so%0Aname%3Dx&pin-source=/p",
                "pkcs11:token=a?module-path=/m$%7Bx%7D.so&pin-source=/p",
                "pkcs11:token=a?module-name=m&pin-source=/p",
                "pkcs11:token=a;token=b" + QUERY,
                "pkcs11:token" + QUERY,
                "pkcs11:=a" + QUERY,
                "pkcs11:token=%zz" + QUERY,
                "pkcs11:slot-id=first" + QUERY,
                "pkcs11:slot-id=-1" + QUERY,
                "pkcs11:object=key;token=a" + QUERY,
            })
    void refusesTheRest(String uri) {
        assertThrows(IllegalArgumentException.class, () -> Pkcs11Uri.parse(uri));
    }

    @Test
    void refusesAPinInTheUriAndDoesNotRepeatIt() {
        String uri = "pkcs11:token=a?module-path=/m.so&pin-value=31337";
        String message = assertThrows(IllegalArgumentException.class, () -> Pkcs11Uri.parse(uri))
                .getMessage();
        assertTrue(message.contains("pin-source=file:"), message);
        assertFalse(message.contains("31337"), message);
    }
}
