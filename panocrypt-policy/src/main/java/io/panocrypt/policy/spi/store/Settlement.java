package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.util.List;

/** What becomes of an entry that was leased. */
public sealed interface Settlement {
    /**
     * It is done; its id stays, its body need not.
     *
     * @param followUps entries that are kept in the same act
     */
    record Done(List<OutboxEntry> followUps) implements Settlement {
        public Done {
            followUps = List.copyOf(followUps);
        }
    }

    /**
     * It failed, and is due again after a while.
     *
     * @param after to the millisecond
     * @param cause one line for operators
     */
    record Retry(Duration after, String cause) implements Settlement {}

    /**
     * It was not tried, and is due after a while; the attempt does not count.
     *
     * @param after to the millisecond
     */
    record PutOff(Duration after) implements Settlement {}

    /**
     * It failed for good, and waits for an operator as a dead letter.
     *
     * @param cause one line for operators
     * @param followUps entries that are kept in the same act
     */
    record Dead(String cause, List<OutboxEntry> followUps) implements Settlement {
        public Dead {
            followUps = List.copyOf(followUps);
        }
    }
}
