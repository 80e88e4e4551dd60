package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rate limit state of many parties. When there are too many, the least recently seen one is forgotten, and starts anew
 * later.
 *
 * <p>Thread-safe.
 */
final class RateLimitStates {
    private record Party(String deviceId, Optional<IpAddress> address) {}

    private final int maxParties;
    private final Map<Party, OptionalLong> paidOff = new LinkedHashMap<>(16, 0.75f, true);

    /** @param maxParties how many parties are remembered */
    RateLimitStates(int maxParties) {
        this.maxParties = maxParties;
    }

    /** Counts an attempt if the party stays within the rate; a rejected attempt costs nothing. */
    synchronized boolean take(String deviceId, Optional<IpAddress> address, Gcra rate, Instant now) {
        Party party = new Party(deviceId, address);
        OptionalLong before = paidOff.getOrDefault(party, OptionalLong.empty());
        OptionalLong after = rate.after(before, now);
        if (after.isEmpty()) {
            return false;
        }
        paidOff.put(party, after);
        if (paidOff.size() > maxParties) {
            paidOff.remove(paidOff.keySet().iterator().next());
        }
        return true;
    }

    synchronized int size() {
        return paidOff.size();
    }
}
