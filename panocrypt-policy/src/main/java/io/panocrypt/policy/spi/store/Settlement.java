package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;

/** The result of work on a leased entry. */
public sealed interface Settlement {
    /**
     * It is done; the store keeps its id and may drop its body.
     *
     * @param followUps entries that are stored in the same transaction
     */
    record Done(List<OutboxEntry> followUps) implements Settlement {
        public Done {
            followUps = List.copyOf(followUps);
        }
    }

    /**
     * It failed, and is due again after a delay.
     *
     * @param after to the millisecond
     * @param cause one line for operators
     */
    record Retry(Duration after, String cause) implements Settlement {}

    /**
     * It was not tried, and is due after a delay; this does not count as an attempt.
     *
     * @param after to the millisecond
     */
    record PutOff(Duration after) implements Settlement {}

    /**
     * It failed for good, and waits for an operator as a dead letter.
     *
     * @param cause one line for operators
     * @param followUps entries that are stored in the same transaction
     */
    record Dead(String cause, List<OutboxEntry> followUps) implements Settlement {
        public Dead {
            followUps = List.copyOf(followUps);
        }
    }
}
