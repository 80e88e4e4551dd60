package io.panocrypt.crypto.custody;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;

/** A handle of a private key in a token, and the public point that the key itself has signed. Thread-safe. */
final class TokenKey {
    private final PrivateKey handle;
    private final EcPoint point;
    private final Provider provider;
    private final ScalarMultiplier multiplier;

    private TokenKey(PrivateKey handle, EcPoint point, Provider provider) {
        this.handle = handle;
        this.point = point;
        this.provider = provider;
        this.multiplier = JcaEngine.of(handle, point, provider);
    }

    /**
     * The key with its certificate.
     *
     * @throws GeneralSecurityException if the certificate is for another curve, or its signature by its own key is wrong
     */
    static TokenKey of(PrivateKey handle, X509Certificate certificate, Curve curve, Provider provider)
            throws GeneralSecurityException {
        EcPoint point = EcPoint.ofJca(curve, (ECPublicKey) certificate.getPublicKey());
        certificate.verify(point.toJcaPublicKey(), JcaEngine.jdkProvider());
        return new TokenKey(handle, point, provider);
    }

    EcPoint point() {
        return point;
    }

    /** The private key times the point; checked on the curve and against the public point. */
    EcPoint multiply(EcPoint other) {
        return multiplier.multiply(other);
    }

    /** A signature, r||s, which verifies under the public point. */
    byte[] sign(byte[] input) throws GeneralSecurityException {
        Signature signer = Signature.getInstance(point.curve().jcaSignatureName(), provider);
        signer.initSign(handle);
        signer.update(input);
        byte[] signature = signer.sign();
        if (!PublicJwk.of(KeyRole.SIGNING, point).verify(input, signature)) {
            throw new ProviderException("the signature does not verify");
        }
        return signature;
    }

    /** Uses a new key once for what it is for, so that a token that will not do it is noticed before the key is stored. */
    void check(KeyRole role) throws GeneralSecurityException {
        if (role == KeyRole.SIGNING) {
            sign(new byte[0]);
            return;
        }
        EcPoint generator = EcPoint.generator(point.curve());
        EcPoint twice = generator.add(generator).orElseThrow();
        if (!multiply(twice).equals(point.add(point).orElseThrow())) {
            throw new ProviderException("the product is wrong");
        }
    }
}
