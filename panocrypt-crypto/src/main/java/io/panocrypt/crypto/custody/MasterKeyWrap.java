package io.panocrypt.crypto.custody;

/**
 * Encrypts a master key where it is kept, under a secret that is kept elsewhere: a passphrase, or a key in a token.
 *
 * <p>Used by one thread at a time. {@link #close} wipes the secret.
 */
public interface MasterKeyWrap extends AutoCloseable {
    /**
     * Encrypts a key.
     *
     * @param key 32 bytes; stays the caller's
     * @return what {@link #unwrap} needs beside the secret
     * @throws CustodyException if that fails
     */
    byte[] wrap(byte[] key);

    /**
     * Decrypts a key, and checks that nothing has changed it.
     *
     * @param wrapped what {@link #wrap} returned
     * @return the key, which the caller wipes
     * @throws CustodyException if the secret is another one, or the bytes are not as they were made
     */
    byte[] unwrap(byte[] wrapped);

    /** Wipes the secret; a second call does nothing. */
    @Override
    void close();
}
