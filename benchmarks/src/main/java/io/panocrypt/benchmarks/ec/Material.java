package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A private key and a foreign point on P-521, and the operations on them that every engine shares.
 *
 * <p>The key is throw-away and is not wiped.
 */
record Material(EcKeyPair key, EcPoint point, byte[] x, byte[] y, byte[] requestBody, byte[] message) {
    static final Curve CURVE = Curve.P_521;

    static Material fresh(SecureRandom random) {
        JcaEngine engine = new JcaEngine(random);
        EcPoint point;
        try (EcKeyPair foreign = engine.generate(CURVE)) {
            point = foreign.publicKey();
        }
        byte[] message = new byte[256];
        return new Material(
                engine.generate(CURVE), point, point.x(), point.y(), RecoveryRequest.encode(point), message);
    }

    /** {@link Row#SERVER}: request body to answer body. */
    byte[] serve(ScalarMultiplier multiplier) throws GeneralSecurityException {
        try {
            EcPoint parsed = RecoveryRequest.parse(requestBody).pointOn(multiplier.curve());
            return RecoveryReply.encode(multiplier.multiply(parsed));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException("a request of this harness is refused", e);
        }
    }

    /** {@link Row#MULTIPLY}: coordinates to coordinates. */
    byte[] multiply(ScalarMultiplier multiplier) throws InvalidPointException {
        return coordinates(multiplier.multiply(EcPoint.of(CURVE, x, y)));
    }

    /** x and y of a point, one after the other. */
    static byte[] coordinates(EcPoint point) {
        byte[] x = point.x();
        byte[] y = point.y();
        byte[] both = Arrays.copyOf(x, x.length + y.length);
        System.arraycopy(y, 0, both, x.length, y.length);
        return both;
    }
}
