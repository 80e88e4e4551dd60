package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A notice that could not be delivered, or an event of which nobody could be told.
 *
 * @param id names it
 * @param event the public name of what happened; empty if the entry cannot be read
 * @param deviceId the device
 * @param recipient the member or webhook; empty if nobody was found out yet
 * @param contact where it should have gone; of a contact that is a secret only what may be shown
 * @param attempts how often it was tried
 * @param cause why it was given up, one line
 * @param created when it was taken in
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
