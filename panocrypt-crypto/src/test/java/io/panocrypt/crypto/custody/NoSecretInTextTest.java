package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Golden;
import io.panocrypt.crypto.tang.PrivateJwk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What holds a secret shows it in no text of its own, and in no fault of its own nor in the causes of that. */
class NoSecretInTextTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder = Path.of("");

    private static void assertSilent(byte[] secret, Object speaker) {
        String said = String.valueOf(speaker);
        for (String form : List.of(
                new String(secret, StandardCharsets.ISO_8859_1),
                HexFormat.of().formatHex(secret),
                HexFormat.of().withUpperCase().formatHex(secret),
                Base64.getEncoder().withoutPadding().encodeToString(secret),
                Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
                Arrays.toString(secret))) {
            // Half of it is too much as well.
            assertFalse(said.contains(form.substring(form.length() / 2)), said);
            assertFalse(said.contains(form.substring(0, form.length() / 2)), said);
        }
    }

    private static void assertSilentFault(byte[] secret, Class<? extends Exception> kind, Executable act) {
        StringWriter text = new StringWriter();
        assertThrows(kind, act).printStackTrace(new PrintWriter(text));
        assertSilent(secret, text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private Path file(String content) throws IOException {
        Path file = Files.createTempFile(
                folder, "f", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    @Test
    void ofAMasterKey() throws Exception {
        try (MasterKey key = MasterKey.generate(RANDOM)) {
            byte[] secret = key.copy();
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
            assertSilent(secret, key);
            assertSilent(secret, key.fingerprint());
            for (String spoilt : List.of("*" + text.substring(1), text + text, text.substring(1), text + "=\n")) {
                assertSilentFault(
                        ascii(text.substring(1)), IllegalArgumentException.class, () -> MasterKey.parse(ascii(spoilt)));
                Path file = file(spoilt);
                assertSilentFault(ascii(text.substring(1)), IOException.class, () -> MasterKey.load(file));
            }
        }
    }

    @Test
    void ofAShare() {
        try (MasterKey key = MasterKey.generate(RANDOM)) {
            List<MasterKeyShare> shares = MasterKeyShare.split(key, 2, 3, RANDOM);
            List<MasterKeyShare> others = MasterKeyShare.split(key, 2, 3, RANDOM);
            String text = new String(shares.get(0).text(), StandardCharsets.US_ASCII);
            // Its beginning says which share it is.
            byte[] secret = ascii(text.substring(40));
            byte[] wrong = shares.get(1).text();
            wrong[60] = (byte) (wrong[60] == 'a' ? 'b' : 'a');
            assertSilent(secret, shares);
            assertSilentFault(
                    Arrays.copyOfRange(wrong, 61, wrong.length),
                    IllegalArgumentException.class,
                    () -> MasterKeyShare.parse(wrong));
            assertSilentFault(
                    secret, IllegalArgumentException.class, () -> MasterKeyShare.parse(ascii(text.substring(0, 90))));
            for (List<MasterKeyShare> unfit : List.of(
                    List.of(shares.get(0)),
                    List.of(shares.get(0), shares.get(0)),
                    List.of(shares.get(0), others.get(1)),
                    List.of(shares.get(0), others.get(1).in(shares.get(0))))) {
                assertSilentFault(secret, IllegalArgumentException.class, () -> MasterKeyShare.combine(unfit));
            }
        }
    }

    @Test
    void ofAWrap() throws Exception {
        byte[] wrapping = new byte[32];
        RANDOM.nextBytes(wrapping);
        char[] password = "a-password-of-a-key-store".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, password);
        keys.setKeyEntry("wrap", new SecretKeySpec(wrapping, "AES"), password, null);
        var jce = javax.crypto.Cipher.getInstance("AES/GCM/NoPadding").getProvider();
        KeyStoreWrap wrap = new KeyStoreWrap(keys, jce, "wrap", password, RANDOM);
        assertSilent(wrapping, wrap);
        char[] wrong = "another-password-than-that".toCharArray();
        assertSilentFault(
                ascii(new String(wrong)),
                CustodyException.class,
                () -> new KeyStoreWrap(keys, jce, "wrap", wrong, RANDOM));
        try (MasterKey key = MasterKey.generate(RANDOM)) {
            byte[] wrapped = key.wrap(wrap);
            wrapped[wrapped.length - 1] ^= 1;
            assertSilentFault(key.copy(), CustodyException.class, () -> MasterKey.unwrap(wrap, wrapped));
            assertSilentFault(wrapping, CustodyException.class, () -> MasterKey.unwrap(wrap, new byte[40]));
        }
    }

    @Test
    void ofAPinAndItsUri() throws IOException {
        String pin = "31337-and-a-long-pin";
        PinFile several = new PinFile(file(pin + "\n" + pin));
        assertSilent(ascii(pin), several);
        assertSilentFault(ascii(pin), IOException.class, several::read);
        Path open = file(pin);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        assertSilentFault(ascii(pin), IOException.class, () -> new PinFile(open).read());
        for (String uri : List.of(
                "pkcs11:token=a?pin-value=" + pin,
                "pkcs11:token=a;pin-value=" + pin,
                "pkcs11:token=a?pin-value=%zz" + pin,
                "pkcs11:token=a?pin-source=" + pin,
                "pkcs11:token=a;slot-id=" + pin,
                "pkcs11:token=a?" + pin,
                "pkcs11:token=a?pin=" + pin)) {
            assertSilentFault(ascii(pin), IllegalArgumentException.class, () -> Pkcs11Uri.parse(uri));
        }
    }

    @Test
    void ofAKeyOfATangServer() throws Exception {
        for (Path file : Golden.keyFiles("keys-a")) {
            String json = Files.readString(file);
            String d = json.replaceFirst("(?s).*\"d\":\"", "").replaceFirst("(?s)\".*", "");
            byte[] scalar = Base64.getUrlDecoder().decode(d);
            try (PrivateJwk key = PrivateJwk.parse(ascii(json))) {
                assertSilent(scalar, key);
                assertSilent(scalar, key.pair());
                assertEquals("PrivateJwk[" + key.publicKey().kid() + "]", key.toString());
            }
            for (String spoilt : List.of(
                    json.substring(0, json.indexOf(d) + d.length()),
                    json.replace("\"d\":\"", "\"d\":\"*"),
                    json.replace("\"d\":\"", "\"d\":\"BBBB"),
                    json.replace("P-521", "P-256"),
                    json.replace("P-521", d),
                    json.replace("\"EC\"", "\"" + d + "\""),
                    json.replace("\"d\":\"" + d + "\"", "\"d\":[\"" + d + "\"]"),
                    json.replace("\"d\":\"" + d + "\"", "\"" + d + "\":0"),
                    d)) {
                assertTrue(spoilt.contains(d.substring(0, 40)));
                assertSilentFault(scalar, InvalidKeyException.class, () -> PrivateJwk.parse(ascii(spoilt)));
            }
        }
    }
}
