package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.math.BigInteger;

/** A multiplication whose time may depend on its inputs. */
interface Suspect {
    /** Prepares one multiplication with its own objects, so no input is more likely to be cached than another. */
    Operation prepare(EcKeyPair key, EcPoint point) throws InvalidPointException;

    static Suspect engine(EcEngine engine) {
        return (key, point) -> {
            EcPoint copy = EcPoint.of(point.curve(), point.x(), point.y());
            ScalarMultiplier multiplier = engine.multiplier(key);
            return () -> multiplier.multiply(copy);
        };
    }

    /** The multiplier that the test must flag, or the test is worthless. */
    static Suspect bouncyCastle() {
        return (key, point) -> {
            org.bouncycastle.math.ec.ECPoint copy = BouncyCastle.point(point);
            BigInteger scalar = new BigInteger(1, key.copyScalar());
            return () -> copy.multiply(scalar).normalize();
        };
    }
}
