package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A token after login, with the list of its keys as it was then.
 *
 * <p>When the token ends the login, all handles are dead and another object is needed. Thread-safe.
 */
final class Pkcs11Token {
    private static final String IDENTITY = "panocrypt-identity-";
    private static final Curve IDENTITY_CURVE = Curve.P_256;

    private final Map<KeyRole, Provider> providers;
    private final Map<KeyRole, KeyStore> entries = new EnumMap<>(KeyRole.class);
    private final Map<String, TokenKey> found = new ConcurrentHashMap<>();
    private final SecureRandom random;
    private final TokenKey identity;

    private Pkcs11Token(Map<KeyRole, Provider> providers, char[] pin, SecureRandom random)
            throws GeneralSecurityException, IOException {
        this.providers = providers;
        this.random = random;
        for (KeyRole role : KeyRole.values()) {
            KeyStore listed = KeyStore.getInstance("PKCS11", provider(role));
            listed.load(null, pin);
            entries.put(role, listed);
        }
        this.identity = findIdentity();
    }

    /**
     * Logs in, and makes the token's identity if it has none.
     *
     * @throws IOException if the PIN cannot be read or is refused, or the login fails
     * @throws GeneralSecurityException if the token has no room or does not do what is needed
     */
    static Pkcs11Token open(Pkcs11Slot slot, PinFile pinFile, SecureRandom random)
            throws GeneralSecurityException, IOException {
        Map<KeyRole, Provider> providers = new EnumMap<>(KeyRole.class);
        for (KeyRole role : KeyRole.values()) {
            providers.put(role, slot.provider(role));
        }
        char[] pin = pinFile.read();
        try {
            return new Pkcs11Token(providers, pin, random);
        } finally {
            Arrays.fill(pin, '\0');
        }
    }

    /** The token's own key, which no label leads to. */
    TokenKey identity() {
        return identity;
    }

    /** @throws UnrecoverableKeyException if the token's list has no such key */
    TokenKey find(KeyRole role, Curve curve, String alias) throws GeneralSecurityException {
        TokenKey known = found.get(alias);
        if (known != null) {
            return known;
        }
        KeyStore listed = listed(role);
        if (!(listed.getCertificate(alias) instanceof X509Certificate certificate)
                || !(listed.getKey(alias, null) instanceof PrivateKey handle)) {
            throw new UnrecoverableKeyException("the token has no such key");
        }
        TokenKey key = TokenKey.of(handle, certificate, curve, provider(role));
        found.put(alias, key);
        return key;
    }

    /** Makes a key, and deletes it again unless it does what its role needs. */
    TokenKey generate(KeyRole role, Curve curve, String alias) throws GeneralSecurityException {
        Provider provider = provider(role);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
        generator.initialize(new ECGenParameterSpec(curve.jcaName()));
        KeyPair pair = generator.generateKeyPair();
        EcPoint point = EcPoint.ofJca(curve, (ECPublicKey) pair.getPublic());
        Certificate certificate = TokenCertificate.of(pair.getPrivate(), point, provider, random);
        listed(role).setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {certificate});
        try {
            TokenKey key = find(role, curve, alias);
            key.check(role);
            return key;
        } catch (GeneralSecurityException | RuntimeException e) {
            delete(role, alias);
            throw e;
        }
    }

    /** @throws UnrecoverableKeyException if the token's list has no such key */
    void delete(KeyRole role, String alias) throws GeneralSecurityException {
        found.remove(alias);
        if (!listed(role).containsAlias(alias)) {
            throw new UnrecoverableKeyException("the token has no such key");
        }
        listed(role).deleteEntry(alias);
    }

    /** The first of them if two nodes made one each at once, which is the same one for both from the next start. */
    private TokenKey findIdentity() throws GeneralSecurityException {
        String first = Collections.list(listed(KeyRole.SIGNING).aliases()).stream()
                .filter(alias -> alias.startsWith(IDENTITY))
                .min(String::compareTo)
                .orElse("");
        return first.isEmpty()
                ? generate(KeyRole.SIGNING, IDENTITY_CURVE, IDENTITY + Long.toHexString(random.nextLong()))
                : find(KeyRole.SIGNING, IDENTITY_CURVE, first);
    }

    private Provider provider(KeyRole role) {
        return Objects.requireNonNull(providers.get(role));
    }

    private KeyStore listed(KeyRole role) {
        return Objects.requireNonNull(entries.get(role));
    }
}
