package io.panocrypt.crypto.custody;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Wraps a master key under an AES-256 key of a Java key store, such as one in a PKCS#11 token that never leaves it.
 *
 * <p>AES-256-GCM, because SunPKCS11 offers no key wrap: one version byte (1), a random 96-bit nonce, and the key with a
 * 128-bit tag. The tag covers the alias. The master key itself is in the memory of this process.
 */
public final class KeyStoreWrap implements MasterKeyWrap {
    private static final String AES = "AES";
    private static final int KEY_BITS = 256;
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final SecretKey key;
    private final Provider provider;
    private final String alias;
    private final SecureRandom random;

    /**
     * A wrap under a stored key.
     *
     * @param keys loaded, with a login if it needs one; its provider encrypts
     * @param alias names the key
     * @param random the source of nonces
     * @throws CustodyException if there is no such key, or it cannot be used
     */
    public KeyStoreWrap(KeyStore keys, String alias, SecureRandom random) {
        this(keys, keys.getProvider(), alias, new char[0], random);
    }

    /**
     * A wrap under a stored key that another provider uses, or that has a password of its own.
     *
     * @param keys loaded
     * @param provider encrypts
     * @param alias names the key
     * @param password of the key; stays the caller's
     * @param random the source of nonces
     * @throws CustodyException if there is no such key, or it cannot be used
     */
    public KeyStoreWrap(KeyStore keys, Provider provider, String alias, char[] password, SecureRandom random) {
        this.provider = provider;
        this.alias = alias;
        this.random = random;
        try {
            if (!(keys.getKey(alias, password.length == 0 ? null : password) instanceof SecretKey found)) {
                throw new CustodyException("the key store has no secret key " + alias, null);
            }
            this.key = found;
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CustodyException("the key " + alias + " of the key store cannot be used", e);
        }
    }

    /**
     * Generates a key for this purpose, in the token if the store is one.
     *
     * @param keys loaded; must not have the alias
     * @throws CustodyException if it has the alias, or the key cannot be made
     */
    public static void createKey(KeyStore keys, String alias) {
        try {
            if (keys.containsAlias(alias)) {
                throw new CustodyException("the key store has a key " + alias + " already", null);
            }
            KeyGenerator generator = KeyGenerator.getInstance(AES, keys.getProvider());
            generator.init(KEY_BITS);
            keys.setKeyEntry(alias, generator.generateKey(), null, null);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CustodyException("no key could be made in the key store", e);
        }
    }

    @Override
    public byte[] wrap(byte[] master) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, master);
            return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CustodyException("the key store could not wrap the master key", e);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
        if (wrapped.length <= 1 + NONCE_BYTES + TAG_BYTES || wrapped[0] != VERSION) {
            throw new CustodyException("it is no wrapped master key, or damaged", null);
        }
        byte[] nonce = Arrays.copyOfRange(wrapped, 1, 1 + NONCE_BYTES);
        try {
            return crypt(Cipher.DECRYPT_MODE, nonce, Arrays.copyOfRange(wrapped, 1 + NONCE_BYTES, wrapped.length));
        } catch (AEADBadTagException e) {
            throw new CustodyException("the master key was wrapped under another key, or is damaged", e);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CustodyException("the key store could not open the master key", e);
        }
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(("panocrypt/key-store-wrap/v1/" + alias).getBytes(StandardCharsets.UTF_8));
        return cipher.doFinal(input);
    }

    /** Does nothing: the key belongs to the store. */
    @Override
    public void close() {
        // The caller ends the login.
    }
}
