package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Limits the attempts on a device from a source, far above what any boot script does.
 *
 * <p>A stock client asks at most twice a second for each volume. A source that policy admits may ask 100 times a second,
 * with a burst of 10,000. A source that policy refuses may ask 10 times a second and twice more for each volume, with a
 * burst of ten minutes' worth: an operator who tests an allowance with a load generator is no attacker. Refused sources have
 * a pool of their own, so they cannot push admitted sources out of memory. Per node and in memory: at most 16,384 sources in
 * each pool, about 3 MB. Thread-safe.
 */
public final class RateLimiter {
    private static final int MAX_SOURCES = 16_384;
    private static final int PER_SECOND_ADMITTED = 100;
    private static final int PER_SECOND_REFUSED = 10;
    /** Each half second (systemd's clevis-luks-askpass), measured at 75 a minute. */
    private static final int PER_SECOND_AND_VOLUME = 2;

    private static final Duration AHEAD_ADMITTED = Duration.ofSeconds(100);
    private static final Duration AHEAD_REFUSED = Duration.ofMinutes(10);

    private final RateLimitStates admitted = new RateLimitStates(MAX_SOURCES);
    private final RateLimitStates refused = new RateLimitStates(MAX_SOURCES);

    /**
     * Whether an attempt from an admitted source is within the limits.
     *
     * @param party the source, or what represents it and its neighbours
     * @param now the store's time
     */
    public boolean toleratesAdmitted(String deviceId, IpAddress party, Instant now) {
        return admitted.take(deviceId, Optional.of(party), Gcra.of(PER_SECOND_ADMITTED, AHEAD_ADMITTED), now);
    }

    /**
     * Whether an attempt from a refused source is within the limits.
     *
     * @param source empty if it is unknown; IPv6 sources of one /64 count as one
     * @param volumes how many volumes of the device ask, each for itself
     * @param now the store's time
     */
    public boolean toleratesRefused(String deviceId, Optional<IpAddress> source, int volumes, Instant now) {
        int perSecond = PER_SECOND_REFUSED + PER_SECOND_AND_VOLUME * volumes;
        return refused.take(deviceId, source.map(IpAddress::site), Gcra.of(perSecond, AHEAD_REFUSED), now);
    }

    /** The number of remembered sources in both pools. */
    public int size() {
        return admitted.size() + refused.size();
    }
}
