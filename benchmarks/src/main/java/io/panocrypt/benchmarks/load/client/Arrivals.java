package io.panocrypt.benchmarks.load.client;

import java.util.concurrent.TimeUnit;

/**
 * When requests begin: each client's when its last one is answered, or at a fixed rate whatever becomes of them.
 *
 * @param clients how many ask at once; with a rate, how many may wait at once
 * @param perSecond 0 for as many as are answered
 * @param keeps whether clients keep their connections
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

    /** When the request of that number is due, in nanoseconds after the start. */
    long due(long number) {
        return (long) (number * TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
}
