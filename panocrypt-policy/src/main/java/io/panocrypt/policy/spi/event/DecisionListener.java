package io.panocrypt.policy.spi.event;

/**
 * Hears of every attempt to unlock once it is over, for metrics and the like.
 *
 * <p>It is called in a thread of its own, event after event in the order in which attempts ended, behind the answers: what it
 * throws is logged, and if it takes too long events are lost and answers are not. At most 1,024 events wait. Of requests
 * that are malformed it hears nothing. Events live in memory only; what must not be lost stands in the history.
 */
@FunctionalInterface
public interface DecisionListener {
    /** One attempt is over. */
    void onEvent(DecisionEvent event);

    /**
     * Events were lost since the last call because too many waited; does nothing unless overridden.
     *
     * @param number how many
     */
    default void onLost(long number) {}
}
