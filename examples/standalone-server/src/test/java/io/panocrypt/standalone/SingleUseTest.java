package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.servlet.SourceAddress;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An allowance of k uses yields exactly k answers, over real HTTP and the real store. */
class SingleUseTest {
    /** Each round has one allowance, and 300 requests from 32 threads. */
    private static final int ROUNDS = 2;

    /** As many as fit into the rate limit of one device's refused requests. */
    private static final int MANY_ROUNDS = 20;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"1, P_256", "3, P_256", "1, P_521", "3, P_521"})
    void yieldsExactlyAsManyAnswersAsGranted(int uses, Curve curve) throws Exception {
        race(uses, curve, ROUNDS);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1, P_256", "3, P_256", "1, P_521", "3, P_521"})
    void yieldsExactlyAsManyAnswersAsGrantedOverManyRounds(int uses, Curve curve) throws Exception {
        race(uses, curve, MANY_ROUNDS);
    }

    private void race(int uses, Curve curve, int rounds) throws Exception {
        Client client = new Client(curve);
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try (RunningService service = new RunningService(
                directory,
                SourceAddress.ofPeer(),
                DeviceChange.none().withSources("203.0.113.9").withCurve(curve))) {
            String kid = service.device().keys().get(0).exchange().kid();
            List<HttpRequest> requests = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                requests.add(client.request(service.base(), kid));
            }
            for (int round = 0; round < rounds; round++) {
                service.allow(AllowanceRequest.defaults()
                        .withUses(uses)
                        .withSource("127.0.0.1")
                        .withSkips(io.panocrypt.policy.model.AllowanceSkip.SOURCE));
                List<Future<Integer>> answers = new ArrayList<>();
                for (HttpRequest request : requests) {
                    answers.add(threads.submit(() -> client.send(request)));
                }
                int answered = 0;
                for (Future<Integer> answer : answers) {
                    int status = answer.get();
                    assertTrue(status == 200 || status == 403, "status " + status);
                    answered += status == 200 ? 1 : 0;
                }
                assertEquals(uses, answered, "round " + round);
            }
            Verification verification = service.panocrypt().history().verify();
            assertTrue(verification.intact(), verification::toString);
        } finally {
            threads.shutdownNow();
        }
    }
}
