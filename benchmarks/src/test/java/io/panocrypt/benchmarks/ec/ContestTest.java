package io.panocrypt.benchmarks.ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryReply;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;

class ContestTest {
    private final SecureRandom random = new SecureRandom();
    private final Material material = Material.fresh(random);
    private final Contest contest = new Contest(material, random, null);
    private final BigInteger scalar = new BigInteger(1, material.key().copyScalar());

    private List<JavaContender> of(Row row) throws GeneralSecurityException {
        return contest.of(row).stream().map(JavaContender.class::cast).toList();
    }

    private byte[] product() {
        return BouncyCastle.multiply(material.x(), material.y(), scalar);
    }

    @Test
    void comesToOneProductByEveryWay() throws Exception {
        for (JavaContender contender : of(Row.MULTIPLY)) {
            assertArrayEquals(
                    product(),
                    (byte[]) contender.operation().run(),
                    contender.rival().heading());
        }
    }

    @Test
    void answersRequestsWithTheProduct() throws Exception {
        byte[] reply = (byte[]) of(Row.SERVER).get(0).operation().run();
        assertArrayEquals(product(), Material.coordinates(RecoveryReply.parse(reply, Material.CURVE)));
    }

    @Test
    void multipliesDecodedPoints() throws Exception {
        BigInteger x = new BigInteger(1, Arrays.copyOf(product(), Material.CURVE.fieldBytes()));
        for (JavaContender contender : of(Row.POINT)) {
            Object result = contender.operation().run();
            BigInteger found = result instanceof ECPoint bouncy
                    ? bouncy.getAffineXCoord().toBigInteger()
                    : new BigInteger(1, ((EcPoint) result).x());
            assertEquals(x, found, contender.rival().heading());
        }
    }

    @Test
    void signsSoThatTheSignatureVerifies() throws Exception {
        for (JavaContender contender : of(Row.SIGN)) {
            Signature verifier = Signature.getInstance(Material.CURVE.jcaSignatureName());
            verifier.initVerify(material.key().publicKey().toJcaPublicKey());
            verifier.update(material.message());
            assertTrue(
                    verifier.verify((byte[]) contender.operation().run()),
                    contender.rival().heading());
        }
    }

    @Test
    void letsBouncyCastleMakeThePublicKeyOfTheScalar() {
        ECPoint generated = BouncyCastle.generate(scalar);
        assertArrayEquals(
                material.key().publicKey().x(), generated.getAffineXCoord().getEncoded());
        assertArrayEquals(
                material.key().publicKey().y(), generated.getAffineYCoord().getEncoded());
    }
}
