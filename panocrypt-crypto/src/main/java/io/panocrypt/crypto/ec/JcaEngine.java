package io.panocrypt.crypto.ec;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/**
 * An engine over any JCA provider with ECDH; each product costs two ECDH calls.
 *
 * <p>By default it uses the JDK's own provider, whose multiplication takes secret-independent time since JDK 16.
 * Another provider must promise the same. Bouncy Castle does not (its multiplier's time depends on the scalar) and is
 * refused by name. Thread-safe.
 */
public final class JcaEngine implements EcEngine {
    static final String JDK_PROVIDER = "SunEC";

    private final Provider provider;
    private final SecureRandom random;

    /**
     * An engine over the JDK's own provider.
     *
     * @param random the source of new keys
     * @throws EcEngineException if the Java runtime has no EC support
     */
    public JcaEngine(SecureRandom random) {
        this(jdkProvider(), random);
    }

    /**
     * An engine over a given provider.
     *
     * @param provider offers KeyPairGenerator and KeyFactory for EC and KeyAgreement ECDH, in secret-independent time
     * @param random the source of new keys
     * @throws IllegalArgumentException if the provider is Bouncy Castle
     */
    public JcaEngine(Provider provider, SecureRandom random) {
        this.provider = checked(provider);
        this.random = random;
    }

    /**
     * A multiplier for a private key that stays in a provider, for example in a PKCS#11 token.
     *
     * @param key a private key that the provider's ECDH accepts
     * @param publicKey the key's public point. With the point of another key, multiplications fail. The negative of the
     *     true point is the one mistake that cannot be noticed; it negates every product
     * @param provider the key's provider
     * @return the multiplier; closing it does not affect the key
     * @throws IllegalArgumentException if the provider is Bouncy Castle
     */
    public static ScalarMultiplier of(PrivateKey key, EcPoint publicKey, Provider provider) {
        return new TwoCallMultiplier(key, publicKey, checked(provider));
    }

    @Override
    public EcKeyPair generate(Curve curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
            generator.initialize(new ECGenParameterSpec(curve.jcaName()), random);
            KeyPair pair = generator.generateKeyPair();
            byte[] magnitude = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
            byte[] scalar = new byte[curve.fieldBytes()];
            int used = Math.min(magnitude.length, scalar.length);
            System.arraycopy(magnitude, magnitude.length - used, scalar, scalar.length - used, used);
            try {
                return EcKeyPair.of(curve, scalar, EcPoint.ofJca(curve, (ECPublicKey) pair.getPublic()));
            } finally {
                Arrays.fill(magnitude, (byte) 0);
                Arrays.fill(scalar, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("provider " + provider.getName() + " made no " + curve.crv() + " key", e);
        }
    }

    @Override
    public ScalarMultiplier multiplier(EcKeyPair key) {
        return new TwoCallMultiplier(key.toJcaPrivateKey(provider), key.publicKey(), provider);
    }

    /**
     * The JDK's own EC provider, SunEC.
     *
     * @throws EcEngineException if the Java runtime lacks it
     */
    public static Provider jdkProvider() {
        Provider provider = Security.getProvider(JDK_PROVIDER);
        if (provider == null) {
            throw new EcEngineException("the Java runtime has no provider " + JDK_PROVIDER, null);
        }
        return provider;
    }

    private static Provider checked(Provider provider) {
        if (provider.getName().startsWith("BC")) {
            throw new IllegalArgumentException(
                    "Bouncy Castle is refused: its multiplication time depends on the scalar");
        }
        return provider;
    }
}
