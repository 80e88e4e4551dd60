package io.panocrypt.policy.internal.admission;

import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What each of many parties has used up of its rate lately; the party that was seen longest ago is forgotten when there are
 * too many, and begins anew if it comes back.
 *
 * <p>Thread-safe.
 */
final class RateLimitStates {
    private record Party(String deviceId, Optional<IpAddress> address) {}

    private final int most;
    private final Map<Party, OptionalLong> paidOff = new LinkedHashMap<>(16, 0.75f, true);

    /** @param most how many parties are remembered */
    RateLimitStates(int most) {
        this.most = most;
    }

    /** Whether the party stays within the rate with this attempt; one that does not costs it nothing. */
    synchronized boolean take(String deviceId, Optional<IpAddress> address, Gcra rate, Instant now) {
        Party party = new Party(deviceId, address);
        OptionalLong before = paidOff.getOrDefault(party, OptionalLong.empty());
        OptionalLong after = rate.after(before, now);
        if (after.isEmpty()) {
            return false;
        }
        paidOff.put(party, after);
        if (paidOff.size() > most) {
            paidOff.remove(paidOff.keySet().iterator().next());
        }
        return true;
    }

    synchronized int size() {
        return paidOff.size();
    }
}
