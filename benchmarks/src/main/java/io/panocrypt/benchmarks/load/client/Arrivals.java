package io.panocrypt.benchmarks.load.client;

import java.util.concurrent.TimeUnit;

/**
 * When requests start: either as soon as the client's last one is answered, or at a fixed rate.
 *
 * @param clients number of concurrent clients; with a fixed rate, the maximum number of requests in progress
 * @param perSecond requests per second; 0 starts the next request when the last is answered
 * @param keeps whether clients reuse their connections
 */
public record Arrivals(int clients, double perSecond, boolean keeps) {
    private static final int MAX_WAITING = 2_048;

    public static Arrivals of(Scenario scenario, double full) {
        return switch (scenario) {
            case NEW -> new Arrivals(Scenario.CLIENTS, 0, false);
            case KEPT -> new Arrivals(Scenario.CLIENTS, 0, true);
            case SINGLE -> new Arrivals(1, 0, false);
            case HALF -> new Arrivals(MAX_WAITING, full / 2, false);
        };
    }

    boolean isPaced() {
        return perSecond > 0;
    }

    /** When request {@code number} is due, in nanoseconds after the start. */
    long due(long number) {
        return (long) (number * TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
}
