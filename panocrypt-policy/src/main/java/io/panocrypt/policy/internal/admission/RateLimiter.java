package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells who asks too often: a device from a source, far above what any boot script does.
 *
 * <p>A stock client asks twice a second at most, for each volume. A source that policy admits may ask 100 times a second
 * and 10,000 times at once, one that policy refuses 10 times and twice more for each volume, ten minutes' worth of that at
 * once: an operator who tries out an allowance with a load generator is no attacker yet. The refused have a pool of their own, so that however
 * many they are, they push no admitted source out of memory. Per node and in memory: at most 16,384 sources in each pool,
 * about 3 MB. Thread-safe.
 */
public final class RateLimiter {
    private static final int MAX_SOURCES = 16_384;
    private static final int PER_SECOND_ADMITTED = 100;
    private static final int PER_SECOND_REFUSED = 10;
    /** Every half a second (systemd's clevis-luks-askpass), measured at 75 a minute. */
    private static final int PER_SECOND_AND_VOLUME = 2;

    private static final Duration AHEAD_ADMITTED = Duration.ofSeconds(100);
    private static final Duration AHEAD_REFUSED = Duration.ofMinutes(10);

    private final RateLimitStates admitted = new RateLimitStates(MAX_SOURCES);
    private final RateLimitStates refused = new RateLimitStates(MAX_SOURCES);

    /**
     * Whether an attempt from a source that policy admits is within the limits.
     *
     * @param party the source, or what stands for it and its neighbours
     * @param now the store's time
     */
    public boolean toleratesAdmitted(String deviceId, IpAddress party, Instant now) {
        return admitted.take(deviceId, Optional.of(party), Gcra.of(PER_SECOND_ADMITTED, AHEAD_ADMITTED), now);
    }

    /**
     * Whether an attempt from a source that policy refuses is within the limits.
     *
     * @param source empty when it cannot be told; IPv6 sources of one /64 are one
     * @param volumes how many volumes of the device ask, each for itself
     * @param now the store's time
     */
    public boolean toleratesRefused(String deviceId, Optional<IpAddress> source, int volumes, Instant now) {
        int perSecond = PER_SECOND_REFUSED + PER_SECOND_AND_VOLUME * volumes;
        return refused.take(deviceId, source.map(IpAddress::site), Gcra.of(perSecond, AHEAD_REFUSED), now);
    }

    /** How many sources are remembered, in both pools. */
    public int size() {
        return admitted.size() + refused.size();
    }
}
