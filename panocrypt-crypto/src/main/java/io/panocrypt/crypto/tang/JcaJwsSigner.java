package io.panocrypt.crypto.tang;

import io.panocrypt.crypto.ec.EcEngineException;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.JcaEngine;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;

/**
 * A signer over the JDK's own EC provider.
 *
 * <p>It holds a copy of the scalar inside a JDK key, which cannot be wiped: drop the signer when it is no longer
 * needed. Thread-safe.
 */
public final class JcaJwsSigner implements JwsSigner {
    private final PublicJwk key;
    private final PrivateKey secret;
    private final Provider provider;
    private final SecureRandom random;

    /**
     * Creates a signer for a pair, which may be closed afterwards.
     *
     * @param pair a pair that is used for signing only
     * @param random the source of the signatures' nonces
     */
    public JcaJwsSigner(EcKeyPair pair, SecureRandom random) {
        this.key = PublicJwk.of(KeyRole.SIGNING, pair.publicKey());
        this.random = random;
        this.provider = JcaEngine.jdkProvider();
        this.secret = pair.toJcaPrivateKey(provider);
    }

    @Override
    public PublicJwk key() {
        return key;
    }

    @Override
    public byte[] sign(byte[] signingInput) {
        try {
            Signature signer = Signature.getInstance(key.point().curve().jcaSignatureName(), provider);
            signer.initSign(secret, random);
            signer.update(signingInput);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new EcEngineException("the Java runtime cannot sign " + key.algorithm(), e);
        }
    }
}
