package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Custody in a PKCS#11 token: private keys are made in the token, are used there, and cannot be read.
 *
 * <p>Needs the JDK's module {@code jdk.crypto.cryptoki} and a token that does ECDH and ECDSA on the keys' curves. The
 * token should be for Panocrypt alone. An exchange costs two operations of the token. A key's sealed form is a
 * reference, which leads to the key only under the label that it was made for. Thread-safe.
 *
 * <p>It logs in when it is first used. When an operation fails, it logs in again and repeats it, once. When the token
 * refuses the PIN, it is not tried again: everything fails until a new object is made.
 */
public final class Pkcs11KeyCustody implements KeyCustody {
    private static final byte[] PROBE = "panocrypt/token-probe/v1".getBytes(StandardCharsets.US_ASCII);

    private final TokenSupervisor token;
    private final SecureRandom random;

    private Pkcs11KeyCustody(TokenSupervisor token, SecureRandom random) {
        this.token = token;
        this.random = random;
    }

    /**
     * Custody in the token that a URI names (RFC 7512), for example
     * {@code pkcs11:token=unlock?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/panocrypt/pin}.
     *
     * <p>Attributes: {@code token}, {@code serial}, {@code manufacturer}, {@code model} and {@code slot-id} for the token,
     * one at least; {@code module-path} and {@code pin-source}, both required, with absolute paths. The PIN's file is one
     * line and passes {@link SecretFile#read}; it is read at each login. No other attribute is supported, in particular not
     * {@code pin-value}. The token is not used yet.
     *
     * @param uri the URI
     * @return the custody
     * @throws IllegalArgumentException if the URI is malformed or not supported
     * @throws IOException if there is no such module, or the PIN cannot be read
     */
    public static Pkcs11KeyCustody open(String uri) throws IOException {
        Pkcs11Uri parsed = Pkcs11Uri.parse(uri);
        parsed.checkFiles();
        SecureRandom random = new SecureRandom();
        return new Pkcs11KeyCustody(new TokenSupervisor(parsed, random, System::nanoTime), random);
    }

    @Override
    public CustodyKey generate(KeyLabel label) {
        return token.use(opened -> {
            KeyReference reference = KeyReference.of(label, random);
            TokenKey made = opened.generate(label.role(), label.curve(), reference.alias());
            return new CustodyKey(PublicJwk.of(label.role(), made.point()), reference.stored());
        });
    }

    @Override
    public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
        requireRole(label, KeyRole.EXCHANGE);
        if (point.curve() != label.curve()) {
            throw new IllegalArgumentException("point is on another curve than the key");
        }
        String alias = alias(label, key);
        return token.use(opened -> find(opened, label, key, alias).multiply(point));
    }

    @Override
    public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
        requireRole(label, KeyRole.SIGNING);
        String alias = alias(label, key);
        return token.use(opened -> find(opened, label, key, alias).sign(input));
    }

    @Override
    public boolean holdsKeys() {
        return true;
    }

    @Override
    public void destroy(KeyLabel label, CustodyKey key) {
        String alias = KeyReference.read(label, key.sealed()).alias();
        token.remove(opened -> opened.delete(label.role(), alias));
    }

    /** Identifies the token by a key that is made in it at the first login. */
    @Override
    public String fingerprint() {
        byte[] identity = token.use(opened -> opened.identity().point().uncompressed());
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("panocrypt/token/fingerprint/v1".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(identity));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java runtime has no SHA-256", e);
        }
    }

    /** {@inheritDoc} Makes a signature in the token to find out, at most every 2 seconds. */
    @Override
    public Optional<String> unreadyReason() {
        return token.unreadyReason(opened -> opened.identity().sign(PROBE));
    }

    private static void requireRole(KeyLabel label, KeyRole role) {
        if (label.role() != role) {
            throw new IllegalArgumentException(
                    "a key with role " + label.role() + " cannot be used for this operation");
        }
    }

    private static String alias(KeyLabel label, CustodyKey key) {
        PublicJwk publicKey = key.publicKey();
        if (publicKey.role() != label.role() || publicKey.point().curve() != label.curve()) {
            throw new CustodyException("public key does not match the label", null);
        }
        return KeyReference.read(label, key.sealed()).alias();
    }

    private static TokenKey find(Pkcs11Token opened, KeyLabel label, CustodyKey key, String alias)
            throws GeneralSecurityException {
        TokenKey found = opened.find(label.role(), label.curve(), alias);
        if (!found.point().equals(key.publicKey().point())) {
            throw new CustodyException("public key is not that of the key in the token", null);
        }
        return found;
    }
}
