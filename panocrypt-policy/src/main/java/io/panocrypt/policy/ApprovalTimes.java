package io.panocrypt.policy;

import java.time.Duration;

/**
 * How long things take that people decide.
 *
 * @param pending how long a request outlives its last attempt; default 10 minutes
 * @param window how long an approval may be collected; default 5 minutes
 * @param temporaryDeny how long a denial refuses; default 15 minutes
 * @param silence how long an approver who defers hears nothing about the request; default 10 minutes
 */
public record ApprovalTimes(Duration pending, Duration window, Duration temporaryDeny, Duration silence) {
    /** The defaults. */
    public static final ApprovalTimes DEFAULTS =
            new ApprovalTimes(Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofMinutes(15));

    /** With the default silence. */
    public ApprovalTimes(Duration pending, Duration window, Duration temporaryDeny) {
        this(pending, window, temporaryDeny, Duration.ofMinutes(10));
    }

    boolean isNegative() {
        return pending.isNegative() || window.isNegative() || temporaryDeny.isNegative() || silence.isNegative();
    }
}
