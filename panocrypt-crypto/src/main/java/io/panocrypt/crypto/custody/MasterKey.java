package io.panocrypt.crypto.custody;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The 256-bit key under which all private keys are sealed.
 *
 * <p>It encrypts nothing directly: a separate key is derived from it for each purpose (HKDF-Expand with HMAC-SHA256,
 * RFC 5869, section 2.3; the key is uniform, so no extraction is needed). Its file is one line: 43 characters of
 * unpadded base64url and a line feed. Thread-safe; {@link #close()} wipes it.
 */
public final class MasterKey implements AutoCloseable {
    private static final int LENGTH = 32;
    private static final int FILE_LENGTH = 44;
    private static final int MAX_FILE = 4096;

    private final byte[] secret;
    private boolean closed;
    /** Derived when it is needed first. */
    private @Nullable String fingerprint;

    private MasterKey(byte[] secret) {
        this.secret = secret;
    }

    /**
     * Generates a key.
     *
     * @param random the source of the key
     * @return the key, which the caller closes
     */
    public static MasterKey generate(SecureRandom random) {
        byte[] secret = new byte[LENGTH];
        random.nextBytes(secret);
        return new MasterKey(secret);
    }

    /**
     * Loads the master key from a file.
     *
     * @param file as {@link SecretFile#read} wants it
     * @return the key, which the caller closes
     * @throws IOException if the file cannot be read or is open to others, or if the content is not one line of the right
     *     length
     */
    public static MasterKey load(Path file) throws IOException {
        byte[] content = SecretFile.read(file, MAX_FILE, "master key");
        try {
            if (content.length == FILE_LENGTH) {
                return parse(content);
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same refusal.
        } finally {
            Arrays.fill(content, (byte) 0);
        }
        throw new IOException("master key " + file + " is not one line of 43 base64url characters");
    }

    /**
     * Reads the form that the key has in its file.
     *
     * @param line ASCII, with or without the line feed; stays the caller's
     * @return the key, which the caller closes
     * @throws IllegalArgumentException if it is not 43 base64url characters; the message does not quote them
     */
    public static MasterKey parse(byte[] line) {
        int length = line.length == FILE_LENGTH && line[FILE_LENGTH - 1] == '\n' ? FILE_LENGTH - 1 : line.length;
        byte[] digits = Arrays.copyOf(line, length);
        try {
            if (length == FILE_LENGTH - 1) {
                return new MasterKey(Base64.getUrlDecoder().decode(digits));
            }
        } catch (IllegalArgumentException e) {
            // The decoder's message would quote a character of the key.
        } finally {
            Arrays.fill(digits, (byte) 0);
        }
        throw new IllegalArgumentException("a master key is 43 base64url characters");
    }

    /**
     * Creates a master key in a new file, as {@link SecretFile#create} does.
     *
     * @param file must not exist yet
     * @param random the source of the key
     * @return the key, which the caller closes
     * @throws IOException if the file exists or cannot be written
     */
    public static MasterKey create(Path file, SecureRandom random) throws IOException {
        MasterKey made = generate(random);
        try {
            made.save(file);
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Writes this key to a new file, as {@link SecretFile#create} does.
     *
     * @param file must not exist yet
     * @throws IOException if the file exists or cannot be written
     */
    public synchronized void save(Path file) throws IOException {
        requireOpen();
        byte[] encoded = Base64.getUrlEncoder().withoutPadding().encode(secret);
        byte[] line = Arrays.copyOf(encoded, FILE_LENGTH);
        line[FILE_LENGTH - 1] = '\n';
        try {
            SecretFile.create(file, line);
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(line, (byte) 0);
        }
    }

    /**
     * Opens a wrapped key.
     *
     * @param wrap stays the caller's
     * @param wrapped what {@link #wrap} returned
     * @return the key, which the caller closes
     * @throws CustodyException if it does not open
     */
    public static MasterKey unwrap(MasterKeyWrap wrap, byte[] wrapped) {
        byte[] secret = wrap.unwrap(wrapped);
        if (secret.length != LENGTH) {
            Arrays.fill(secret, (byte) 0);
            throw new CustodyException("what was wrapped is no master key", null);
        }
        return new MasterKey(secret);
    }

    /**
     * Wraps this key.
     *
     * @param wrap stays the caller's
     * @throws CustodyException if that fails
     */
    public byte[] wrap(MasterKeyWrap wrap) {
        byte[] copy = copy();
        try {
            return wrap.wrap(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /** Takes ownership of the array. */
    static MasterKey owning(byte[] secret) {
        return new MasterKey(secret);
    }

    /** The key, which the caller wipes. */
    synchronized byte[] copy() {
        requireOpen();
        return secret.clone();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("master key is closed");
        }
    }

    /** Identifies this key and reveals nothing else about it: 64 hexadecimal digits in lower case. */
    public synchronized String fingerprint() {
        requireOpen();
        String known = fingerprint;
        if (known == null) {
            known = HexFormat.of().formatHex(derive("panocrypt/master-key/fingerprint/v1"));
            fingerprint = known;
        }
        return known;
    }

    /** A 256-bit key for one purpose; the caller wipes it. */
    synchronized byte[] derive(String purpose) {
        requireOpen();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 1);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Java runtime has no HmacSHA256", e);
        }
    }

    /** Wipes the key; a second call does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }
}
