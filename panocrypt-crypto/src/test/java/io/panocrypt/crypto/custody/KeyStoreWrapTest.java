package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyStoreWrapTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final char[] PASSWORD = "key password".toCharArray();

    @TempDir
    private Path folder;

    private final Provider software = Security.getProvider("SunJCE");

    private static KeyStore inMemory(String... aliases) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(256);
        for (String alias : aliases) {
            keys.setKeyEntry(alias, generator.generateKey(), PASSWORD, null);
        }
        return keys;
    }

    private KeyStoreWrap wrap(KeyStore keys, String alias) {
        return new KeyStoreWrap(keys, software, alias, PASSWORD, RANDOM);
    }

    @Test
    void givesTheKeyBackAndNothingElse() throws Exception {
        KeyStore keys = inMemory("one", "two");
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        byte[] wrapped = wrap(keys, "one").wrap(key);
        assertArrayEquals(key, wrap(keys, "one").unwrap(wrapped));
        assertFalse(Arrays.equals(wrapped, wrap(keys, "one").wrap(key)), "two forms are equal");
        assertThrows(CustodyException.class, () -> wrap(keys, "two").unwrap(wrapped));
        for (int i = 0; i < wrapped.length; i++) {
            byte[] changed = wrapped.clone();
            changed[i] ^= 1;
            assertThrows(CustodyException.class, () -> wrap(keys, "one").unwrap(changed), "byte " + i);
        }
        for (int length : List.of(0, 1, 29, wrapped.length - 1)) {
            assertThrows(CustodyException.class, () -> wrap(keys, "one").unwrap(Arrays.copyOf(wrapped, length)));
        }
    }

    @Test
    void wantsAKeyThatIsThere() throws Exception {
        KeyStore keys = inMemory("one");
        CustodyException missing = assertThrows(CustodyException.class, () -> wrap(keys, "two"));
        assertEquals("the key store has no secret key two", missing.getMessage());
        assertThrows(
                CustodyException.class,
                () -> new KeyStoreWrap(keys, software, "one", "wrong password".toCharArray(), RANDOM));
        assertThrows(CustodyException.class, () -> KeyStoreWrap.createKey(keys, "one"));
    }

    /** Loads a copy of the library, because it reads its configuration once in a process. */
    private KeyStore inToken() throws Exception {
        Path library = Path.of("/usr/lib/softhsm/libsofthsm2.so");
        String configuration = System.getenv("SOFTHSM2_CONF");
        assumeTrue(
                Files.exists(library) && configuration != null, "the build sets SOFTHSM2_CONF where there is SoftHSM");
        Files.createDirectory(folder.resolve("tokens"));
        Path copy = Files.copy(library, folder.resolve("libsofthsm2.so"));
        Files.createDirectories(Path.of(configuration).toAbsolutePath().getParent());
        Files.writeString(
                Path.of(configuration),
                "directories.tokendir = " + folder.resolve("tokens") + "\nobjectstore.backend = file\n");
        Process init = new ProcessBuilder(
                        "softhsm2-util", "--init-token", "--free", "--label", "t", "--pin", "1234", "--so-pin", "1234")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, init.waitFor());
        Path settings = Files.writeString(
                folder.resolve("provider"),
                "name = wrap\nlibrary = " + copy + "\nslotListIndex = 0\n"
                        + "attributes(generate, CKO_SECRET_KEY, *) = { CKA_SENSITIVE = true CKA_EXTRACTABLE = false }\n");
        Provider provider =
                Objects.requireNonNull(Security.getProvider("SunPKCS11")).configure(settings.toString());
        KeyStore keys = KeyStore.getInstance("PKCS11", provider);
        keys.load(null, "1234".toCharArray());
        return keys;
    }

    @Test
    void usesAKeyThatNeverLeavesItsToken() throws Exception {
        KeyStore keys = inToken();
        KeyStoreWrap.createKey(keys, "panocrypt-wrap");
        assertNull(keys.getKey("panocrypt-wrap", null).getEncoded(), "the key leaves the token");
        try (MasterKey master = MasterKey.generate(RANDOM);
                KeyStoreWrap wrap = new KeyStoreWrap(keys, "panocrypt-wrap", RANDOM)) {
            byte[] wrapped = master.wrap(wrap);
            try (MasterKey again = MasterKey.unwrap(new KeyStoreWrap(keys, "panocrypt-wrap", RANDOM), wrapped)) {
                assertEquals(master.fingerprint(), again.fingerprint());
            }
            wrapped[20] ^= 1;
            assertThrows(CustodyException.class, () -> MasterKey.unwrap(wrap, wrapped));
        }
    }
}
