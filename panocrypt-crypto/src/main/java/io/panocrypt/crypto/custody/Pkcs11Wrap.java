package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;

/**
 * Wraps a master key under an AES-256 key that is made in a PKCS#11 token and never leaves it.
 *
 * <p>Needs the JDK's module {@code jdk.crypto.cryptoki} and a token that does AES-GCM. The wrapped form is that of
 * {@link KeyStoreWrap}, 61 bytes; who keeps it keeps the alias too. Each call logs in to the token once and logs out
 * again, which ends every other login of this process to the same token. Used by one thread at a time.
 */
public final class Pkcs11Wrap implements MasterKeyWrap {
    private final Pkcs11Uri uri;
    private final String alias;
    private final SecureRandom random = new SecureRandom();

    private Pkcs11Wrap(Pkcs11Uri uri, String alias) {
        this.uri = uri;
        this.alias = alias;
    }

    /**
     * A wrap under a key of the token that a URI names. The token is not used yet.
     *
     * @param uri as for {@link Pkcs11KeyCustody#open}
     * @param alias the label of the key in the token
     * @return the wrap
     * @throws IllegalArgumentException if the URI is malformed or not supported
     * @throws IOException if there is no such module, or the PIN cannot be read
     */
    public static Pkcs11Wrap open(String uri, String alias) throws IOException {
        Pkcs11Uri parsed = Pkcs11Uri.parse(uri);
        parsed.checkFiles();
        return new Pkcs11Wrap(parsed, alias);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Makes the token's key if it has none with the alias. The caller gets the wrapped key only after the token has
     * opened it again.
     *
     * @throws CustodyException if that fails; the cause is a {@link FailedLoginException} if the token refused the PIN,
     *     and then a further try may lock the token
     */
    @Override
    public byte[] wrap(byte[] master) {
        return loggedIn(keys -> {
            makeMissing(keys);
            KeyStoreWrap wrap = new KeyStoreWrap(keys, alias, random);
            byte[] wrapped = wrap.wrap(master);
            byte[] opened = wrap.unwrap(wrapped);
            boolean same = MessageDigest.isEqual(opened, master);
            Arrays.fill(opened, (byte) 0);
            if (!same) {
                throw new CustodyException("the hardware token does not give back what it wrapped", null);
            }
            return wrapped;
        });
    }

    /**
     * {@inheritDoc}
     *
     * @throws CustodyException if that fails; the cause is a {@link FailedLoginException} if the token refused the PIN,
     *     and then a further try may lock the token
     */
    @Override
    public byte[] unwrap(byte[] wrapped) {
        return loggedIn(keys -> new KeyStoreWrap(keys, alias, random).unwrap(wrapped));
    }

    private void makeMissing(KeyStore keys) {
        try {
            if (keys.containsAlias(alias)) {
                return;
            }
            KeyStoreWrap.createKey(keys, alias);
            if (keys.getKey(alias, null).getEncoded() != null) {
                keys.deleteEntry(alias);
                throw new CustodyException("the hardware token made a key that can be read from it", null);
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CustodyException("the hardware token could not make a key", e);
        }
    }

    private byte[] loggedIn(Function<KeyStore, byte[]> work) {
        char[] pin = readPin();
        try {
            AuthProvider provider = find().wrappingProvider();
            try {
                return work.apply(logIn(provider, pin));
            } finally {
                logOut(provider);
            }
        } finally {
            Arrays.fill(pin, '\0');
        }
    }

    private char[] readPin() {
        try {
            return new PinFile(uri.pinFile()).read();
        } catch (IOException e) {
            throw new CustodyException(String.valueOf(e.getMessage()), e);
        }
    }

    private Pkcs11Slot find() {
        try {
            return Pkcs11Slot.find(uri).orElseThrow(() -> new CustodyException(TokenSupervisor.ABSENT, null));
        } catch (CustodyException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CustodyException(TokenSupervisor.FAILED, e);
        }
    }

    private static KeyStore logIn(AuthProvider provider, char[] pin) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS11", provider);
            keys.load(null, pin);
            return keys;
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw LoginRefusal.of(e)
                    .map(reason -> new CustodyException(reason, refused(e)))
                    .orElseGet(() -> new CustodyException(TokenSupervisor.FAILED, e));
        }
    }

    private static FailedLoginException refused(Exception fault) {
        FailedLoginException refused = new FailedLoginException("the token refused the PIN");
        refused.initCause(fault);
        return refused;
    }

    private static void logOut(AuthProvider provider) {
        try {
            provider.logout();
        } catch (LoginException | ProviderException e) {
            System.getLogger(Pkcs11Wrap.class.getName())
                    .log(System.Logger.Level.WARNING, "could not log out of the hardware token", e);
        }
    }

    /** Does nothing: the secret is in the token. */
    @Override
    public void close() {
        // Each call logs out by itself.
    }
}
