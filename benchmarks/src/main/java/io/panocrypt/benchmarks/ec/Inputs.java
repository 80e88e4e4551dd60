package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.math.ec.ECPoint;

/** Keys and points: a pool of random ones and a few fixed ones. The keys are throw-away and are not wiped. */
final class Inputs {
    private static final int POOL = 512;

    private final Random random;
    private final List<EcKeyPair> keys = new ArrayList<>();
    private final List<EcPoint> points = new ArrayList<>();
    private final EcKeyPair fixedKey;
    private final EcKeyPair sparseKey;
    private final EcPoint fixedPoint;

    Inputs(Random random) throws InvalidPointException {
        this.random = random;
        for (int i = 0; i < POOL; i++) {
            keys.add(freshKey(random));
            points.add(freshKey(random).publicKey());
        }
        this.fixedKey = freshKey(random);
        this.sparseKey = key(BigInteger.ONE.shiftLeft(520).add(BigInteger.ONE));
        this.fixedPoint = freshKey(random).publicKey();
    }

    EcKeyPair anyKey() {
        return keys.get(random.nextInt(POOL));
    }

    EcPoint anyPoint() {
        return points.get(random.nextInt(POOL));
    }

    EcKeyPair fixedKey() {
        return fixedKey;
    }

    /** The key with the scalar 2^520 + 1: for any window size, all digits but two are 0. */
    EcKeyPair sparseKey() {
        return sparseKey;
    }

    EcPoint fixedPoint() {
        return fixedPoint;
    }

    boolean toss() {
        return random.nextBoolean();
    }

    /** A random key pair, generated without the project's code. */
    static EcKeyPair freshKey(Random random) throws InvalidPointException {
        BigInteger n = Material.CURVE.n();
        BigInteger wide = new BigInteger(n.bitLength() + 64, random);
        return key(wide.mod(n.subtract(BigInteger.ONE)).add(BigInteger.ONE));
    }

    private static EcKeyPair key(BigInteger scalar) throws InvalidPointException {
        ECPoint point = BouncyCastle.generate(scalar);
        EcPoint publicKey = EcPoint.of(
                Material.CURVE,
                point.getAffineXCoord().getEncoded(),
                point.getAffineYCoord().getEncoded());
        byte[] bytes = new byte[Material.CURVE.fieldBytes()];
        byte[] magnitude = scalar.toByteArray();
        int used = Math.min(magnitude.length, bytes.length);
        System.arraycopy(magnitude, magnitude.length - used, bytes, bytes.length - used, used);
        return EcKeyPair.of(Material.CURVE, bytes, publicKey);
    }
}
