package io.panocrypt.policy.model.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * Notices to one recipient that were given up.
 *
 * @param count how many
 * @param cause why the latest was given up; empty if there is none
 * @param died when the latest was given up; empty if there is none
 */
public record DeadNotices(int count, Optional<String> cause, Optional<Instant> died) {
    /** No notice was given up. */
    public static final DeadNotices NONE = new DeadNotices(0, Optional.empty(), Optional.empty());

    public DeadNotices with(DeadLetter letter) {
        boolean later = died.filter(known -> known.isAfter(letter.died())).isEmpty();
        return new DeadNotices(
                count + 1, later ? Optional.of(letter.cause()) : cause, later ? Optional.of(letter.died()) : died);
    }
}
