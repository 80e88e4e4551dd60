package io.panocrypt.crypto.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.crypto.Oracle;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.EcKeyPair;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class McCallumRelyeaTest {
    private final EcEngine engine = new JcaEngine(new SecureRandom());
    private final McCallumRelyea exchange = new McCallumRelyea(engine);

    @ParameterizedTest
    @EnumSource
    void recoversWhatWasProvisioned(Curve curve) throws GeneralSecurityException {
        try (EcKeyPair server = engine.generate(curve);
                ScalarMultiplier serverHalf = engine.multiplier(server)) {
            Provisioning provisioning = exchange.provision(server.publicKey());
            for (int attempt = 0; attempt < 3; attempt++) {
                try (Recovery recovery = exchange.blind(provisioning.clientPublic())) {
                    EcPoint reply = serverHalf.multiply(recovery.request());
                    assertEquals(provisioning.sharedPoint(), recovery.recover(server.publicKey(), reply));
                }
            }
        }
    }

    @Test
    void blindsEveryAttemptAnew() {
        EcPoint client = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(4711));
        try (Recovery one = exchange.blind(client);
                Recovery two = exchange.blind(client)) {
            assertNotEquals(client, one.request());
            assertNotEquals(one.request(), two.request());
        }
    }

    @Test
    void findsAnotherPointWhenTheServersKeyIsAnother() throws GeneralSecurityException {
        EcKeyPair server = engine.generate(Curve.P_256);
        EcKeyPair other = engine.generate(Curve.P_256);
        Provisioning provisioning = exchange.provision(server.publicKey());
        try (Recovery recovery = exchange.blind(provisioning.clientPublic());
                ScalarMultiplier wrong = engine.multiplier(other)) {
            EcPoint found = recovery.recover(server.publicKey(), wrong.multiply(recovery.request()));
            assertNotEquals(provisioning.sharedPoint(), found);
        }
    }

    @Test
    void drawsAgainWhenTheBlindedPointWouldBeInfinity() {
        BigInteger n = Curve.P_256.n();
        EcPoint client = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(42));
        EcEngine unlucky = new Scripted(n.subtract(BigInteger.valueOf(42)), BigInteger.valueOf(8));
        try (Recovery recovery = new McCallumRelyea(unlucky).blind(client)) {
            assertEquals(Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(50)), recovery.request());
        }
    }

    @Test
    void refusesAnAnswerThatLeavesNoPoint() throws GeneralSecurityException {
        EcPoint server = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(5));
        EcPoint client = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(42));
        try (Recovery recovery = new McCallumRelyea(new Scripted(BigInteger.valueOf(8))).blind(client)) {
            EcPoint mask = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(40));
            assertThrows(GeneralSecurityException.class, () -> recovery.recover(server, mask));
            assertEquals(
                    mask.add(mask).orElseThrow(),
                    recovery.recover(server, mask.negate()).negate());
        }
    }

    @Test
    void refusesAnAnswerOnAnotherCurve() {
        EcPoint client = Oracle.publicPoint(Curve.P_256, BigInteger.valueOf(42));
        try (Recovery recovery = exchange.blind(client)) {
            EcPoint foreign = EcPoint.generator(Curve.P_384);
            assertThrows(GeneralSecurityException.class, () -> recovery.recover(client, foreign));
            assertThrows(GeneralSecurityException.class, () -> recovery.recover(foreign, client));
        }
    }

    /** An engine that draws given scalars on P-256. */
    private final class Scripted implements EcEngine {
        private final Deque<BigInteger> scalars;

        private Scripted(BigInteger... scalars) {
            this.scalars = new ArrayDeque<>(List.of(scalars));
        }

        @Override
        public EcKeyPair generate(Curve curve) {
            return Oracle.pair(curve, scalars.remove());
        }

        @Override
        public ScalarMultiplier multiplier(EcKeyPair key) {
            return engine.multiplier(key);
        }
    }
}
