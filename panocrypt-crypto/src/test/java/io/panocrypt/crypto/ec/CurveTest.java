package io.panocrypt.crypto.ec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.Oracle;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurveTest {
    @ParameterizedTest
    @EnumSource
    void hasTheConstantsThatBouncyCastleHas(Curve curve) {
        X9ECParameters theirs = Oracle.parameters(curve);
        assertEquals(theirs.getCurve().getField().getCharacteristic(), curve.p());
        assertEquals(theirs.getCurve().getB().toBigInteger(), curve.b());
        assertEquals(theirs.getN(), curve.n());
        assertEquals(Oracle.ours(curve, theirs.getG()), EcPoint.generator(curve));
        assertTrue(curve.n().isProbablePrime(100));
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsName(Curve curve) {
        assertEquals(Optional.of(curve), Curve.ofCrv(curve.crv()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p-521", "P-521 ", "secp521r1", "secp256k1", "Ed25519"})
    void isNotFoundByAnyOtherName(String name) {
        assertEquals(Optional.empty(), Curve.ofCrv(name));
    }

    @Test
    void namesWhatJsonWebSignatureNames() {
        assertEquals("ES512", Curve.P_521.signatureAlgorithm());
        assertEquals("ES384", Curve.P_384.signatureAlgorithm());
        assertEquals("ES256", Curve.P_256.signatureAlgorithm());
        assertEquals(66, Curve.P_521.fieldBytes());
        assertEquals(48, Curve.P_384.fieldBytes());
        assertEquals(32, Curve.P_256.fieldBytes());
    }
}
