package io.panocrypt.policy.spi.event;

/**
 * Receives an event at the end of every attempt to unlock, and for every device that says it runs, for example for metrics.
 *
 * <p>It is called in a thread of its own, one event after another, in the order in which attempts ended. It cannot
 * delay answers: what it throws is logged, and a slow listener loses events. At most 1,024 events wait. Malformed
 * requests make no event. Events live in memory only; the history has what must not be lost.
 */
@FunctionalInterface
public interface DecisionListener {
    /** Called once for each attempt that ended, never concurrently; should return quickly. */
    void onEvent(DecisionEvent event);

    /**
     * Events were lost since the last call because too many waited; does nothing by default.
     *
     * @param number how many
     */
    default void onLost(long number) {}
}
