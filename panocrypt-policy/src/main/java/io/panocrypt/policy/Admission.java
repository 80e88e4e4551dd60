package io.panocrypt.policy;

import io.panocrypt.policy.admission.RateLimiter;
import io.panocrypt.policy.decision.PolicyView;
import io.panocrypt.policy.model.IpAddress;
import io.panocrypt.policy.model.Reason;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Turns away who asks too often, and counts whom it need not know. Thread-safe; per node, since its start.
 *
 * <p>An attempt is judged once, when its snapshot has been read and the pure decision made, and before anything is written
 * or multiplied: only the snapshot tells whether an open grant fits, and an attempt that one fits is never turned away.
 */
public final class Admission {
    /** A block so narrow holds no more addresses than an IPv4 /24, and so an address in it stands for itself. */
    private static final int NARROW_IPV6 = 120;

    private final RateLimiter limiter = new RateLimiter();
    private final LongAdder unknownTokens = new LongAdder();
    private final LongAdder limited = new LongAdder();

    Admission() {}

    /** How many attempts named a token of no device. Nothing else is known of them. */
    public long unknownTokens() {
        return unknownTokens.sum();
    }

    /** How many attempts were turned away since their device and source asked too often. */
    public long limited() {
        return limited.sum();
    }

    void countUnknownToken() {
        unknownTokens.increment();
    }

    /** Whether it is one attempt too many of its device and source; asking takes it into account. */
    boolean turnsAway(Judgement judged) {
        if (looksUnknown(judged.decision().reason()) || isTolerated(judged)) {
            return false;
        }
        limited.increment();
        return true;
    }

    /** What is answered as an unknown token is must always be: 429 would tell that the token is known. */
    private static boolean looksUnknown(Reason reason) {
        return reason == Reason.UNKNOWN_KEY || reason == Reason.REVOKED;
    }

    private boolean isTolerated(Judgement judged) {
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
