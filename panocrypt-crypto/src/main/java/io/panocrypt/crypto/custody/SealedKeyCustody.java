package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcEngineException;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Custody by encryption: each private key is sealed under the master key and stored with its public half.
 *
 * <p>Envelope: one version byte (1), a random 96-bit nonce, and the scalar under AES-256-GCM (NIST SP 800-38D) with a
 * 128-bit tag. The associated data hold the label, the public point and its kid, so an envelope opens for no other
 * owner, generation, role, curve or public key. Random nonces allow 2^32 keys under one master key. Thread-safe; it
 * holds no private key between calls.
 *
 * <p>The envelope does not name its master key: a custody with several tries one after the other, which takes some
 * microseconds each.
 */
public final class SealedKeyCustody implements KeyCustody {
    private static final String PURPOSE = "panocrypt/sealed-key/v1";
    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private final MasterKey master;
    /** All master keys, the one for new keys first. */
    private final List<MasterKey> masters;

    private final EcEngine engine;
    private final SecureRandom random;

    /**
     * Custody under a master key.
     *
     * @param master stays the caller's, who closes it after the last call here
     * @param engine makes keys and multiplies
     * @param random the source of nonces
     */
    public SealedKeyCustody(MasterKey master, EcEngine engine, SecureRandom random) {
        this(master, List.of(), engine, random);
    }

    /**
     * Custody under a master key that also uses keys which are sealed under previous ones, while the master key is
     * replaced.
     *
     * @param master seals new keys; stays the caller's, who closes it after the last call here
     * @param previous stay the caller's too
     * @param engine makes keys and multiplies
     * @param random the source of nonces
     */
    public SealedKeyCustody(MasterKey master, List<MasterKey> previous, EcEngine engine, SecureRandom random) {
        this.master = master;
        List<MasterKey> all = new ArrayList<>(List.of(master));
        all.addAll(previous);
        this.masters = List.copyOf(all);
        this.engine = engine;
        this.random = random;
    }

    /**
     * Custody under a master key, with a {@link StandardEngine} and a new {@link SecureRandom}.
     *
     * @param master stays the caller's, who closes it after the last call here
     */
    public static SealedKeyCustody of(MasterKey master) {
        SecureRandom random = new SecureRandom();
        return new SealedKeyCustody(master, new StandardEngine(random), random);
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        try (EcKeyPair pair = engine.generate(label.curve())) {
            return seal(label, pair);
        } catch (EcEngineException e) {
            throw new CustodyException("no key could be made", e);
        }
    }

    @Override
    public CustodyKey adopt(KeyLabel label, EcKeyPair pair) {
        if (pair.curve() != label.curve()) {
            throw new IllegalArgumentException("key pair is on another curve than the label");
        }
        return seal(label, pair);
    }

    private CustodyKey seal(KeyLabel label, EcKeyPair pair) {
        byte[] scalar = pair.copyScalar();
        try {
            return seal(master, label, PublicJwk.of(label.role(), pair.publicKey()), scalar);
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    private CustodyKey seal(MasterKey under, KeyLabel label, PublicJwk publicKey, byte[] scalar) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] ciphertext = crypt(Cipher.ENCRYPT_MODE, under, label, publicKey, nonce, scalar);
            return new CustodyKey(
                    publicKey,
                    ByteBuffer.allocate(1 + NONCE_BYTES + ciphertext.length)
                            .put(VERSION)
                            .put(nonce)
                            .put(ciphertext)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new CustodyException("the key could not be sealed", e);
        }
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        requireRole(label, KeyRole.EXCHANGE);
        if (point.curve() != label.curve()) {
            throw new IllegalArgumentException("point is on another curve than the key");
        }
        try (EcKeyPair pair = unseal(label, key);
                ScalarMultiplier multiplier = engine.multiplier(pair)) {
            return multiplier.multiply(point);
        } catch (EcEngineException e) {
            throw new CustodyException("the engine failed at an exchange", e);
        }
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        requireRole(label, KeyRole.SIGNING);
        try (EcKeyPair pair = unseal(label, key)) {
            return new JcaJwsSigner(pair, random).sign(input);
        } catch (EcEngineException e) {
            throw new CustodyException("the engine failed at a signature", e);
        }
    }

    @Override
    public String fingerprint() {
        return master.fingerprint();
    }

    @Override
    public Set<String> fingerprints() {
        return masters.stream().map(MasterKey::fingerprint).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public CustodyKey rewrap(KeyLabel label, CustodyKey key, String fingerprint) {
        MasterKey wanted = masters.stream()
                .filter(candidate -> candidate.fingerprint().equals(fingerprint))
                .findFirst()
                .orElseThrow(() -> new CustodyException(
                        "this custody has no master key with the fingerprint " + fingerprint, null));
        Opened opened = open(label, key);
        try {
            return opened.under() == wanted ? key : seal(wanted, label, key.publicKey(), opened.scalar());
        } finally {
            Arrays.fill(opened.scalar(), (byte) 0);
        }
    }

    private static void requireRole(KeyLabel label, KeyRole role) {
        if (label.role() != role) {
            throw new IllegalArgumentException(
                    "a key with role " + label.role() + " cannot be used for this operation");
        }
    }

    private EcKeyPair unseal(KeyLabel label, CustodyKey key) {
        byte[] scalar = open(label, key).scalar();
        try {
            return EcKeyPair.of(label.curve(), scalar, key.publicKey().point());
        } finally {
            Arrays.fill(scalar, (byte) 0);
        }
    }

    /** A scalar, which the caller wipes, and the master key that it was sealed under. */
    private static final class Opened {
        private final MasterKey under;
        private final byte[] scalar;

        Opened(MasterKey under, byte[] scalar) {
            this.under = under;
            this.scalar = scalar;
        }

        MasterKey under() {
            return under;
        }

        byte[] scalar() {
            return scalar;
        }
    }

    private Opened open(KeyLabel label, CustodyKey key) {
        PublicJwk publicKey = key.publicKey();
        if (publicKey.role() != label.role() || publicKey.point().curve() != label.curve()) {
            throw new CustodyException("public key does not match the label", null);
        }
        byte[] envelope = key.sealed();
        if (envelope.length != 1 + NONCE_BYTES + label.curve().fieldBytes() + TAG_BYTES || envelope[0] != VERSION) {
            throw new CustodyException("sealed key has an unknown form", null);
        }
        byte[] nonce = Arrays.copyOfRange(envelope, 1, 1 + NONCE_BYTES);
        byte[] ciphertext = Arrays.copyOfRange(envelope, 1 + NONCE_BYTES, envelope.length);
        @Nullable AEADBadTagException refusal = null;
        for (MasterKey candidate : masters) {
            try {
                return new Opened(
                        candidate, crypt(Cipher.DECRYPT_MODE, candidate, label, publicKey, nonce, ciphertext));
            } catch (AEADBadTagException e) {
                refusal = e;
            } catch (GeneralSecurityException e) {
                throw new CustodyException("the Java runtime cannot open sealed keys", e);
            }
        }
        throw new CustodyException("sealed key does not open under this label and master key", refusal);
    }

    private static byte[] crypt(
            int mode, MasterKey master, KeyLabel label, PublicJwk publicKey, byte[] nonce, byte[] input)
            throws GeneralSecurityException {
        byte[] key = master.derive(PURPOSE);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
            cipher.updateAAD(associatedData(label, publicKey));
            return cipher.doFinal(input);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Puts each part's length before it, which gives different labels and keys different bytes. */
    private static byte[] associatedData(KeyLabel label, PublicJwk publicKey) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        append(data, PURPOSE.getBytes(StandardCharsets.UTF_8));
        append(data, new byte[] {VERSION});
        append(data, label.owner().getBytes(StandardCharsets.UTF_8));
        append(data, ByteBuffer.allocate(4).putInt(label.generation()).array());
        append(data, label.role().name().getBytes(StandardCharsets.UTF_8));
        append(data, label.curve().crv().getBytes(StandardCharsets.UTF_8));
        // Of the point and not of its written form, which differs in keys of some Tang servers.
        append(data, PublicJwk.of(label.role(), publicKey.point()).kid().getBytes(StandardCharsets.UTF_8));
        append(data, publicKey.point().x());
        append(data, publicKey.point().y());
        return data.toByteArray();
    }

    private static void append(ByteArrayOutputStream data, byte[] part) {
        data.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
        data.writeBytes(part);
    }
}
