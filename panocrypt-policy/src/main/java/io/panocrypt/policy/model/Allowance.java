package io.panocrypt.policy.model;

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
 * @param source the block that must ask; empty for any source
 * @param anySource whether the operator said {@code any} in so many words
 * @param grantedBy the member
 * @param created when
 * @param expires when it ends
 */
public record Allowance(
        String id,
        String deviceId,
        int uses,
        int usesLeft,
        SortedSet<Gate> skips,
        Optional<Cidr> source,
        boolean anySource,
        String grantedBy,
        Instant created,
        Instant expires) {

    public Allowance {
        skips = Collections.unmodifiableSortedSet(new TreeSet<>(skips));
    }

    /** Whether it may serve an attempt from that source; an unknown source fits no block. */
    public boolean fits(Optional<IpAddress> asking) {
        return source.isEmpty() || asking.isPresent() && source.get().contains(asking.get());
    }
}
