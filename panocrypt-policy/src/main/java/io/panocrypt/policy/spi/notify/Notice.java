package io.panocrypt.policy.spi.notify;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A message to a person or a program about an event. It informs and links; it never authorises, and holds no secret.
 *
 * @param id of this notice to this contact: the same at each delivery attempt
 * @param event the event's public name, such as {@code request.opened}
 * @param time when it happened
 * @param deviceId the device's id
 * @param deviceName its name at that time
 * @param source the address that asked
 * @param since since when the device has been waiting
 * @param text one line for people
 * @param link a page about it, which requires sign-in
 */
public record Notice(
        String id,
        String event,
        Instant time,
        Optional<String> deviceId,
        Optional<String> deviceName,
        Optional<String> source,
        Optional<Instant> since,
        String text,
        Optional<URI> link) {}
