package io.panocrypt.standalone.masterkey;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.MasterKeyWrap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Wraps a master key under a passphrase: AES-256-GCM with a key that Argon2id (RFC 9106, version 19) derives.
 *
 * <p>The envelope is JSON of some 300 bytes with the parameters of the derivation, which the tag covers.
 */
public final class PassphraseWrap implements MasterKeyWrap {
    static final String KIND = "passphrase-argon2id";
    private static final int VERSION = 1;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 32;

    private final byte[] passphrase;
    private final SecureRandom random;
    private final Cost cost;

    /** @param passphrase becomes this object's, which wipes it */
    public PassphraseWrap(byte[] passphrase, SecureRandom random) {
        this(passphrase, random, Cost.DEFAULT);
    }

    PassphraseWrap(byte[] passphrase, SecureRandom random, Cost cost) {
        this.passphrase = passphrase;
        this.random = random;
        this.cost = cost;
    }

    /**
     * The cost of one guess.
     *
     * @param memoryKiB in KiB
     */
    record Cost(int memoryKiB, int passes, int lanes) {
        /** The second recommendation of RFC 9106, section 4: 64 MiB. */
        static final Cost DEFAULT = new Cost(64 * 1024, 3, 4);

        /** A file must not be able to take the memory, or the time, of a server that starts. */
        private static final int MAX_MEMORY = 256 * 1024;

        private static final int MAX_PASSES = 16;
        private static final int MAX_LANES = 16;

        boolean isBearable() {
            return lanes >= 1
                    && lanes <= MAX_LANES
                    && memoryKiB >= 8 * lanes
                    && memoryKiB <= MAX_MEMORY
                    && passes >= 1
                    && passes <= MAX_PASSES;
        }
    }

    /** The members of the envelope; byte arrays are base64. */
    private record Envelope(
            int v, String wrap, int memoryKiB, int passes, int lanes, byte[] salt, byte[] nonce, byte[] sealed) {
        Cost cost() {
            return new Cost(memoryKiB, passes, lanes);
        }

        boolean isComplete() {
            return v == VERSION
                    && wrap.equals(KIND)
                    && salt.length == SALT_BYTES
                    && nonce.length == NONCE_BYTES
                    && sealed.length == KEY_BYTES + TAG_BYTES;
        }

        /** What the tag covers beside the key; the salt goes into the key that opens it. */
        byte[] associatedData() {
            return ("panocrypt/" + wrap + "/v" + v + "/" + memoryKiB + "/" + passes + "/" + lanes)
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Override
    public byte[] wrap(byte[] key) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        Envelope empty =
                new Envelope(VERSION, KIND, cost.memoryKiB(), cost.passes(), cost.lanes(), salt, nonce, new byte[0]);
        try {
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, empty, key);
            return Envelopes.JSON.writeValueAsBytes(
                    new Envelope(VERSION, KIND, cost.memoryKiB(), cost.passes(), cost.lanes(), salt, nonce, sealed));
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new CustodyException("the master key could not be wrapped", e);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
        Envelope envelope;
        try {
            envelope = Envelopes.JSON.readValue(wrapped, Envelope.class);
        } catch (IOException e) {
            throw Envelopes.damaged();
        }
        if (!envelope.isComplete()) {
            throw Envelopes.unknown();
        }
        if (!envelope.cost().isBearable()) {
            throw new CustodyException(
                    "it demands more memory or time than a passphrase may: " + envelope.cost(), null);
        }
        try {
            return crypt(Cipher.DECRYPT_MODE, envelope, envelope.sealed());
        } catch (AEADBadTagException e) {
            throw new CustodyException("the passphrase is wrong, or the file is damaged", null);
        } catch (GeneralSecurityException e) {
            throw new CustodyException("the Java runtime cannot open wrapped keys", e);
        }
    }

    private byte[] crypt(int mode, Envelope envelope, byte[] input) throws GeneralSecurityException {
        byte[] key = derive(envelope.cost(), envelope.salt());
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, envelope.nonce()));
            cipher.updateAAD(envelope.associatedData());
            return cipher.doFinal(input);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] derive(Cost wanted, byte[] salt) {
        if (Runtime.getRuntime().maxMemory() / 2 < 1024L * wanted.memoryKiB()) {
            throw new CustodyException(
                    "the passphrase needs " + wanted.memoryKiB() / 1024
                            + " MiB of Java's memory, and there is too little: raise -Xmx (PANOCRYPT_JAVA_OPTS)",
                    null);
        }
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(wanted.memoryKiB())
                .withIterations(wanted.passes())
                .withParallelism(wanted.lanes())
                .withSalt(salt)
                .build());
        byte[] key = new byte[KEY_BYTES];
        argon2.generateBytes(passphrase, key);
        return key;
    }

    @Override
    public void close() {
        Arrays.fill(passphrase, (byte) 0);
    }
}
