package io.panocrypt.policy;

import io.panocrypt.policy.model.UnlockResult;
import java.time.Duration;

/**
 * Limits beyond which a service refuses requests instead of waiting. The result is {@link UnlockResult.Unavailable}; a
 * request that had not begun its commit spends nothing.
 *
 * @param storeTimeout how long an unlock or advertisement request waits for one call of a store that does not
 *     {@linkplain io.panocrypt.policy.spi.store.Store#boundsItsCalls bound its calls} itself; default 2 s
 * @param requestsAtOnce how many of these requests are answered at the same time; more are refused at once. It matters with
 *     many threads, such as virtual ones; default 1,024
 */
public record ServiceLimits(Duration storeTimeout, int requestsAtOnce) {
    /** 2 s and 1,024 requests. */
    public static final ServiceLimits DEFAULTS = new ServiceLimits(Duration.ofSeconds(2), 1_024);

    boolean isValid() {
        return !storeTimeout.isNegative() && !storeTimeout.isZero() && requestsAtOnce > 0;
    }
}
