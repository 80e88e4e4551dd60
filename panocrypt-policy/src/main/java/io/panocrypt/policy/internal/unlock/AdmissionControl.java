package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.admission.RateLimiter;
import io.panocrypt.policy.internal.decision.PolicyView;
import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * Rejects attempts of a device and source that ask too often. Thread-safe; per node, in memory.
 *
 * <p>Runs once for an attempt, after the decision and before anything is written or multiplied: only the snapshot shows
 * whether an open grant fits, and an attempt that one fits is never rejected.
 */
final class AdmissionControl {
    /** A block this narrow holds no more addresses than an IPv4 /24, so each address in it is limited by itself. */
    private static final int NARROW_IPV6 = 120;

    private final RateLimiter limiter = new RateLimiter();

    /** Counts the attempt, and says whether its device and source ask too often. */
    boolean rejects(Decided decided) {
        return !looksUnknown(decided.decision().reason()) && !isTolerated(decided);
    }

    /** What is answered like an unknown token must always be: 429 would show that the token is known. */
    private static boolean looksUnknown(Reason reason) {
        return reason == Reason.UNKNOWN_KEY || reason == Reason.REVOKED;
    }

    private boolean isTolerated(Decided decided) {
        PolicyView view = decided.view();
        Optional<IpAddress> source = decided.attempt().source();
        Instant now = decided.snapshot().now();
        if (view.hasGrantFor(source, now)) {
            return true;
        }
        String deviceId = decided.device().id();
        return view.admits(source)
                ? limiter.toleratesAdmitted(deviceId, limitedAddress(view, source.orElseThrow()), now)
                : limiter.toleratesRefused(deviceId, source, decided.device().volumes(), now);
    }

    /** One host may have all addresses of an IPv6 /64, unless policy admits only a few of them. */
    private static IpAddress limitedAddress(PolicyView view, IpAddress source) {
        return view.sources()
                        .anyMatch(block -> !block.isIpv4() && block.prefix() >= NARROW_IPV6 && block.contains(source))
                ? source
                : source.site();
    }
}
