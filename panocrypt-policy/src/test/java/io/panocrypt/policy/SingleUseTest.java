package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SingleUseTest {
    private static final int THREADS = 32;
    private static final int ATTEMPTS = 300;

    private final TestService house = new TestService();
    private final Device device = house.device("web-1");
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void close() {
        threads.shutdownNow();
        house.close();
    }

    private List<UnlockResult> storm(List<Panocrypt> nodes, Runnable meanwhile)
            throws InterruptedException, ExecutionException {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<UnlockResult>> running = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            Panocrypt node = nodes.get(i % nodes.size());
            running.add(threads.submit(() -> {
                start.await();
                return node.unlock(TestService.attempt(device, HOME));
            }));
        }
        start.countDown();
        meanwhile.run();
        List<UnlockResult> results = new ArrayList<>();
        for (Future<UnlockResult> one : running) {
            results.add(one.get());
        }
        return results;
    }

    private static long answers(List<UnlockResult> results) {
        return results.stream().filter(UnlockResult.Answered.class::isInstance).count();
    }

    private long answersInHistory() {
        return house.history(device).stream()
                .filter(row -> row.outcome() == Outcome.ALLOWED)
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void givesExactlyAsManyAnswersAsGranted(int uses) throws Exception {
        house.service.devices().disable(OPERATOR, device.id());
        house.service
                .allowances()
                .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(uses));
        List<UnlockResult> results = storm(List.of(house.service), () -> {});
        assertEquals(uses, answers(results));
        assertEquals(
                ATTEMPTS - uses,
                results.stream()
                        .filter(new UnlockResult.Refused(Reason.DISABLED)::equals)
                        .count());
        assertEquals(uses, answersInHistory());
        assertEquals(
                ATTEMPTS,
                house.history(device).stream().mapToInt(UnlockRecord::count).sum());
    }

    @Test
    void givesExactlyAsManyAnswersAsGrantedOnTwoNodes() throws Exception {
        house.service.devices().disable(OPERATOR, device.id());
        house.service
                .allowances()
                .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(3));
        house.service
                .allowances()
                .grant(OPERATOR, device.id(), AllowanceRequest.defaults().withUses(2));
        try (Panocrypt other = house.open(house.memory, house.custody)) {
            assertEquals(5, answers(storm(List.of(house.service, other), () -> {})));
            assertEquals(5, answersInHistory());
        }
    }

    @Test
    void commitsNoAnswerOnceDisablingHasReturned() throws Exception {
        long[] answeredBefore = new long[1];
        List<UnlockResult> results = storm(List.of(house.service), () -> {
            house.service.devices().disable(OPERATOR, device.id());
            answeredBefore[0] = answersInHistory();
        });
        assertEquals(answeredBefore[0], answersInHistory());
        assertEquals(answeredBefore[0], answers(results));
    }

    @Test
    void commitsNoAnswerOnceLockdownHasReturnedOnAnotherNode() throws Exception {
        try (Panocrypt other = house.open(house.memory, house.custody)) {
            long[] answeredBefore = new long[1];
            List<UnlockResult> results = storm(List.of(house.service, other), () -> {
                other.lockdowns().start(OPERATOR, List.of(), "incident");
                answeredBefore[0] = answersInHistory();
            });
            assertEquals(answeredBefore[0], answersInHistory());
            assertEquals(answeredBefore[0], answers(results));
        }
    }
}
