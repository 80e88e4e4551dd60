package io.panocrypt.policy.internal.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every refusal is in exactly one summary, whatever happens on the way. */
class ConservationTest {
    private static final int THREADS = 8;
    private static final int STEPS = 20_000;
    private static final List<Reason> REASONS =
            List.of(Reason.DISABLED, Reason.LOCKDOWN, Reason.APPROVAL_PENDING, Reason.RATE_LIMITED);

    private final TestClock clock = new TestClock();

    private long sum(List<RefusalSummary> rows) {
        return rows.stream().mapToLong(RefusalSummary::count).sum();
    }

    /** One thread's random refusals, answers, failures and flushes; returns refusals minus those in summaries. */
    private long run(RefusalAggregator folder, Random random) {
        long missing = 0;
        for (int i = 0; i < STEPS; i++) {
            Optional<IpAddress> source = random.nextInt(20) == 0
                    ? Optional.empty()
                    : Optional.of(IpAddress.parse("10.0.0." + random.nextInt(40)));
            Reason reason = REASONS.get(random.nextInt(REASONS.size()));
            Refusal refusal = new Refusal(
                    "web-" + random.nextInt(12),
                    source,
                    "kid",
                    Outcome.DENIED,
                    reason,
                    Map.of(),
                    Optional.empty(),
                    clock.instant());
            switch (random.nextInt(50)) {
                case 0 -> missing -= sum(folder.takeDue());
                case 1 -> folder.end(refusal.deviceId(), source);
                case 2 -> folder.restart(refusal);
                case 3 -> clock.advance(Duration.ofMillis(random.nextInt(40_000) - 500));
                case 4 -> folder.missed(refusal);
                case 5 -> {
                    folder.count(refusal);
                    missing++;
                }
                default -> missing += folder.countOrOpen(refusal) ? 0 : 1;
            }
        }
        return missing;
    }

    @ParameterizedTest
    @ValueSource(ints = {16_384, 50})
    void holdsUnderConcurrencyAndEviction(int most) throws Exception {
        long seed = System.nanoTime();
        RefusalAggregator folder = new RefusalAggregator(clock, most);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<Long>> running = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed + thread);
            Callable<Long> task = () -> run(folder, random);
            running.add(threads.submit(task));
        }
        long missing = 0;
        for (Future<Long> one : running) {
            missing += one.get();
        }
        threads.shutdown();
        clock.advance(Duration.ofHours(2));
        assertEquals(missing, sum(folder.pending()), "seed " + seed);
        assertEquals(missing, sum(folder.takeAll()), "seed " + seed);
        assertEquals(0, sum(folder.takeAll()), "seed " + seed);
    }
}
