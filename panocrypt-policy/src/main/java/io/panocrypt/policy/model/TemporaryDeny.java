package io.panocrypt.policy.model;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A refusal of one device, from one source or from everywhere, that expires.
 *
 * @param id never changes
 * @param deviceId the device
 * @param source the source that is refused; empty refuses the whole device
 * @param until when it ends
 * @param cause free text for operators
 * @param version counts edits from 1
 */
public record TemporaryDeny(
        String id, String deviceId, Optional<IpAddress> source, Instant until, String cause, long version) {
    public TemporaryDeny {
        Objects.requireNonNull(deviceId, "deviceId");
        Objects.requireNonNull(until, "until");
    }

    /** Whether it refuses that source at that time; an unknown source is refused whenever the device has any deny. */
    public boolean refuses(Optional<IpAddress> asking, Instant now) {
        return now.isBefore(until)
                && (source.isEmpty() || asking.isEmpty() || source.get().equals(asking.get()));
    }
}
