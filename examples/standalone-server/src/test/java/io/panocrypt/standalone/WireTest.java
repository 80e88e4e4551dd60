package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.testkit.wire.PanocryptWireContract;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The wire table against the standalone server, on each curve; nothing malformed spends an allowance. */
class WireTest {
    private abstract static class OnOneCurve extends PanocryptWireContract {
        /** More than any test of the contract spends. */
        private static final int ENOUGH = 128;

        private static RunningService service;
        private static Target target;
        private int left;

        static void start(Path directory, Curve curve) {
            service = new RunningService(
                    directory,
                    SourceAddress.ofPeer(),
                    DeviceChange.none().withSources("127.0.0.1").withCurve(curve));
            target = new Target(
                    service.device().token(),
                    service.panocrypt().devices().thumbprint(service.device()).orElseThrow());
            service.panocrypt()
                    .devices()
                    .rotateKeys(RunningService.OPERATOR, service.device().id());
        }

        static void stop() {
            service.close();
        }

        OnOneCurve() {
            while (usesLeft() < ENOUGH) {
                service.allow(AllowanceRequest.defaults().withUses(32));
            }
            left = usesLeft();
        }

        private static int usesLeft() {
            return service.panocrypt().allowances().open(service.device().id()).stream()
                    .mapToInt(allowance -> allowance.usesLeft())
                    .sum();
        }

        @Override
        protected Target target() {
            return target;
        }

        @Override
        protected URI base(String token) {
            return URI.create(service.url() + "/u/" + token);
        }

        @Override
        protected void assertNothingSpent() {
            assertEquals(left, usesLeft(), "a refused request has spent an allowance");
        }
    }

    @Nested
    class OnP521 extends OnOneCurve {
        @BeforeAll
        static void start(@TempDir Path directory) {
            start(directory, Curve.P_521);
        }

        @AfterAll
        static void end() {
            stop();
        }
    }

    @Nested
    class OnP256 extends OnOneCurve {
        @BeforeAll
        static void start(@TempDir Path directory) {
            start(directory, Curve.P_256);
        }

        @AfterAll
        static void end() {
            stop();
        }
    }
}
