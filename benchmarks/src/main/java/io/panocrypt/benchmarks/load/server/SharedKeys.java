package io.panocrypt.benchmarks.load.server;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.ec.StandardEngine;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * An engine that repeats its P-521 key pairs, to create a million devices in minutes. Each key is still sealed for its
 * device. The multiplier returns its argument, since nobody checks the answers. Not thread-safe.
 */
final class SharedKeys implements EcEngine {
    private static final int PAIRS = 128;

    private final StandardEngine engine;
    private final List<EcKeyPair> pairs = new ArrayList<>();
    private int next;

    SharedKeys(SecureRandom random) {
        engine = new StandardEngine(random);
        for (int i = 0; i < PAIRS; i++) {
            pairs.add(engine.generate(Curve.P_521));
        }
    }

    /** Restarts with the first pair. */
    void beginAgain() {
        next = 0;
    }

    @Override
    public EcKeyPair generate(Curve curve) {
        if (curve != Curve.P_521) {
            return engine.generate(curve);
        }
        EcKeyPair pair = pairs.get(next++ % PAIRS);
        return EcKeyPair.of(curve, pair.copyScalar(), pair.publicKey());
    }

    @Override
    public ScalarMultiplier multiplier(EcKeyPair key) {
        return new ScalarMultiplier() {
            @Override
            public Curve curve() {
                return key.curve();
            }

            @Override
            public EcPoint publicKey() {
                return key.publicKey();
            }

            @Override
            public EcPoint multiply(EcPoint point) {
                return point;
            }

            @Override
            public void close() {}
        };
    }
}
