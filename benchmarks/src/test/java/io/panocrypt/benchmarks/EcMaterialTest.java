package io.panocrypt.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EcMaterialTest {
    @ParameterizedTest
    @ValueSource(strings = {"secp521r1", "secp384r1", "secp256r1"})
    void givesTheSamePointByEveryWay(String curve) throws Exception {
        EcMaterial material = EcMaterial.fresh(curve);
        ECPoint product = (ECPoint) material.bouncyCastle().run();
        byte[][] shared = (byte[][]) material.twoSunEcCalls().run();
        ECPoint own = material.domain().getG().multiply(material.key().getS());
        assertEquals(product.getAffineXCoord().toBigInteger(), new BigInteger(1, shared[0]));
        assertEquals(product.add(own).normalize().getAffineXCoord().toBigInteger(), new BigInteger(1, shared[1]));
    }
}
