package io.panocrypt.crypto.custody;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.KeyRole;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With keys of the Java runtime: no token is needed to see what is written and checked. */
class TokenCertificateTest {
    private static final Provider PROVIDER = JcaEngine.jdkProvider();

    private static KeyPair pair(Curve curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
        generator.initialize(new ECGenParameterSpec(curve.jcaName()));
        return generator.generateKeyPair();
    }

    private static EcPoint point(Curve curve, KeyPair pair) throws GeneralSecurityException {
        return EcPoint.ofJca(curve, (ECPublicKey) pair.getPublic());
    }

    @ParameterizedTest
    @EnumSource
    void isReadAndVerifiedByTheJavaRuntime(Curve curve) throws GeneralSecurityException {
        KeyPair pair = pair(curve);
        EcPoint point = point(curve, pair);
        X509Certificate made = TokenCertificate.of(pair.getPrivate(), point, PROVIDER, new SecureRandom());
        made.verify(pair.getPublic());
        made.checkValidity(new Date(4_000_000_000_000L));
        assertEquals(3, made.getVersion());
        assertEquals("CN=panocrypt", made.getSubjectX500Principal().getName());
        assertEquals(made.getSubjectX500Principal(), made.getIssuerX500Principal());
        assertEquals(pair.getPublic(), made.getPublicKey());
        assertTrue(made.getSerialNumber().compareTo(BigInteger.ZERO) > 0);
        TokenKey key = TokenKey.of(pair.getPrivate(), made, curve, PROVIDER);
        key.check(KeyRole.EXCHANGE);
        key.check(KeyRole.SIGNING);
    }

    @ParameterizedTest
    @EnumSource
    void doesNotServeForAnotherKey(Curve curve) throws GeneralSecurityException {
        KeyPair pair = pair(curve);
        EcPoint negative = point(curve, pair).negate();
        for (EcPoint wrong : new EcPoint[] {negative, point(curve, pair(curve))}) {
            X509Certificate made = TokenCertificate.of(pair.getPrivate(), wrong, PROVIDER, new SecureRandom());
            assertThrows(SignatureException.class, () -> TokenKey.of(pair.getPrivate(), made, curve, PROVIDER));
        }
    }
}
