package io.panocrypt.benchmarks.load.report;

import io.panocrypt.benchmarks.Spread;
import io.panocrypt.benchmarks.load.client.Tally;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The results of one subject in one turn.
 *
 * @param perSecond correct answers per second
 * @param processorMillis processor time of the server's processes per answer, in milliseconds
 * @param p50 median of the answers' times, in milliseconds
 * @param p99 in milliseconds
 * @param memoryMib memory of the server's processes at the end, in MiB; shared memory is divided among them
 * @param failures requests without a correct answer
 */
public record Turn(double perSecond, double processorMillis, double p50, double p99, double memoryMib, int failures) {
    private static final double KIB_PER_MIB = 1_024;

    public static Turn of(Tally tally, Duration length, long processorMillis, long memoryKib) {
        double[] nanos = tally.sorted();
        if (nanos.length == 0) {
            throw new IllegalStateException("no correct answer; " + tally.failures() + " other requests failed");
        }
        double millis = TimeUnit.MILLISECONDS.toNanos(1);
        return new Turn(
                tally.inTime() * (double) TimeUnit.SECONDS.toNanos(1) / length.toNanos(),
                (double) processorMillis / tally.answers(),
                Spread.quantile(nanos, 0.5) / millis,
                Spread.quantile(nanos, 0.99) / millis,
                memoryKib / KIB_PER_MIB,
                tally.failures());
    }
}
