package io.panocrypt.policy;

import io.panocrypt.policy.model.UnlockResult;
import java.time.Duration;

/**
 * What a service refuses instead of waiting longer; a refusal of this kind is {@link UnlockResult.Unavailable}, and spends
 * nothing that it has not begun to spend.
 *
 * @param storeTimeout how long one call of the store may take that a request to unlock, or for an advertisement, waits for,
 *     where the store does not {@linkplain io.panocrypt.policy.spi.store.DecisionStore#boundsItsCalls bound its calls}
 *     itself; default 2 s
 * @param requestsAtOnce how many of these requests are answered at the same time; further ones are refused at once. It
 *     matters where threads are many, such as virtual ones; default 1,024
 */
public record ServiceLimits(Duration storeTimeout, int requestsAtOnce) {
    /** The defaults. */
    public static final ServiceLimits DEFAULTS = new ServiceLimits(Duration.ofSeconds(2), 1_024);

    boolean isValid() {
        return !storeTimeout.isNegative() && !storeTimeout.isZero() && requestsAtOnce > 0;
    }
}
