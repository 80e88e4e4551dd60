package io.panocrypt.policy.model.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * A notice that could not be delivered, or an event for which no recipient could be determined.
 *
 * @param id identifies it
 * @param event the public name of the event; empty if the entry cannot be read
 * @param deviceId the device
 * @param recipient the member or webhook; empty if recipients were not determined yet
 * @param contact where it should have gone; a secret contact only as it may be shown
 * @param attempts how many delivery attempts were made
 * @param cause why it was given up, one line
 * @param created when it entered the outbox
 * @param died when it was given up
 */
public record DeadLetter(
        String id,
        Optional<String> event,
        Optional<String> deviceId,
        Optional<String> recipient,
        Optional<String> contact,
        int attempts,
        String cause,
        Instant created,
        Instant died) {}
