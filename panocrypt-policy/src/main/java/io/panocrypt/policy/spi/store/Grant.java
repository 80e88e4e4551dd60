package io.panocrypt.policy.spi.store;

import java.time.Duration;
import java.time.Instant;

/**
 * A number of answers granted to one device.
 *
 * @param id unique
 * @param deviceId the device's record
 * @param uses how many answers were granted
 * @param usesLeft how many are left
 * @param created when it was granted, to the millisecond
 * @param expires when it ends, to the millisecond
 * @param body JSON text, opaque to the store
 */
public record Grant(String id, String deviceId, int uses, int usesLeft, Instant created, Instant expires, String body) {

    /** Tolerance for a node's clock that lags behind the clock that stamped a grant: 2 s. */
    public static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    /** Whether it is valid at that time: {@code created - 2 s <= now < expires}. */
    public boolean isValidAt(Instant now) {
        return !now.isBefore(created.minus(CLOCK_TOLERANCE)) && now.isBefore(expires);
    }
}
