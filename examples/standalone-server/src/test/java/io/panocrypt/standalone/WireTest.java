package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.servlet.SourceAddress;
import io.panocrypt.testkit.wire.TangServerContract;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The wire table against the standalone server, on each curve; nothing malformed spends an allowance. */
class WireTest {
    private abstract static class OnOneCurve extends TangServerContract {
        private static RunningService service;
        private static String hidden;
        private int left;

        static void start(Path directory, Curve curve) {
            service = new RunningService(
                    directory,
                    SourceAddress.ofPeer(),
                    DeviceChange.none().withSources("127.0.0.1").withCurve(curve));
            hidden = service.panocrypt().devices().thumbprint(service.device()).orElseThrow();
            service.panocrypt()
                    .devices()
                    .rotateKeys(RunningService.OPERATOR, service.device().id());
        }

        static void stop() {
            service.close();
        }

        OnOneCurve() {
            for (int i = 0; i < 4; i++) {
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
        protected URI baseUrl() {
            return service.base();
        }

        @Override
        protected Optional<URI> unknownBaseUrl() {
            return Optional.of(URI.create(service.url() + "/u/aaaaaaaaaaaaaaaaaaaaaaaaaa"));
        }

        @Override
        protected Optional<String> hiddenSigningThumbprint() {
            return Optional.of(hidden);
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
