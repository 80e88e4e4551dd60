package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * "Allow once": a number of answers that an operator granted, and the gates that they skip.
 *
 * @param id never changes
 * @param deviceId the device
 * @param uses how many answers were granted, 1 to 32
 * @param usesLeft how many are left
 * @param skips the gates that it switches off
 * @param source the block that the request must come from; empty for any source
 * @param anySource whether the operator explicitly said {@code any}
 * @param grantedBy the member
 * @param created when it was granted
 * @param expires when it ends
 */
public record Allowance(
        String id,
        String deviceId,
        int uses,
        int usesLeft,
        SortedSet<AllowanceSkip> skips,
        Optional<Cidr> source,
        boolean anySource,
        String grantedBy,
        Instant created,
        Instant expires) {

    /** Tolerance for a node's clock that lags behind the clock that stamped a grant: 2 s. */
    public static final Duration CLOCK_TOLERANCE = Grant.CLOCK_TOLERANCE;

    public Allowance {
        skips = Collections.unmodifiableSortedSet(new TreeSet<>(skips));
    }

    /** Whether it is valid at that time: {@code created - 2 s <= now < expires}. */
    public boolean isValidAt(Instant now) {
        return !now.isBefore(created.minus(CLOCK_TOLERANCE)) && now.isBefore(expires);
    }

    /** Whether it applies to an attempt from that source; an unknown source is in no block. */
    public boolean fits(Optional<IpAddress> asking) {
        return source.isEmpty() || asking.isPresent() && source.get().contains(asking.get());
    }
}
