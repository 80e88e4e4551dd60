package io.panocrypt.policy.spi.notify;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that a person should know. It tells and links; it never authorises, and holds no secret.
 *
 * @param id of this notice to this contact: the same at each attempt to deliver it
 * @param event what happened, by its public name, such as {@code request.opened}
 * @param time when it happened
 * @param deviceId the device's id
 * @param deviceName its name at that time
 * @param source the address that asked
 * @param since since when it waits
 * @param text one line for people
 * @param link where to look at it; whoever follows it must sign in
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
