package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.RateLimiter;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * Rejects attempts of a device and source that ask too often. Thread-safe; per node, in memory.
 *
 * <p>An attempt is judged once, when its snapshot has been read and the pure decision made, and before anything is written
 * or multiplied: only the snapshot tells whether an open grant fits, and an attempt that one fits is never turned away.
 */
public final class AdmissionControl {
    /** A block so narrow holds no more addresses than an IPv4 /24, and so an address in it stands for itself. */
    private static final int NARROW_IPV6 = 120;

    private final RateLimiter limiter = new RateLimiter();
    /** Whether it is one attempt too many of its device and source; asking takes it into account. */
    boolean turnsAway(EvaluatedAttempt judged) {
        return !looksUnknown(judged.decision().reason()) && !isTolerated(judged);
    }

    /** What is answered as an unknown token is must always be: 429 would tell that the token is known. */
    private static boolean looksUnknown(Reason reason) {
        return reason == Reason.UNKNOWN_KEY || reason == Reason.REVOKED;
    }

    private boolean isTolerated(EvaluatedAttempt judged) {
        PolicyView view = judged.view();
        Optional<IpAddress> source = judged.attempt().source();
        Instant now = judged.snapshot().now();
        if (view.hasGrantFor(source, now)) {
            return true;
        }
        String deviceId = judged.device().id();
        return view.admits(source)
                ? limiter.toleratesAdmitted(deviceId, party(view, source.orElseThrow()), now)
                : limiter.toleratesRefused(deviceId, source, judged.device().volumes(), now);
    }

    /** Whoever has one address of an IPv6 /64 may have them all, unless policy admits but a few of them. */
    private static IpAddress party(PolicyView view, IpAddress source) {
        return view.sources()
                        .anyMatch(block -> !block.isIpv4() && block.prefix() >= NARROW_IPV6 && block.contains(source))
                ? source
                : source.site();
    }
}
