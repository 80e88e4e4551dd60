package io.panocrypt.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long approval requests, approvals and denials last. The first three are at least a second, since shorter times would
 * make approvals and denials useless.
 *
 * @param pending how long a request lives after its last attempt; default 10 minutes
 * @param window how long an approval may be collected; default 5 minutes
 * @param temporaryDeny how long a denial refuses; default 15 minutes
 * @param silence how long an approver who defers is not notified of the request; not negative, default 10 minutes
 */
public record ApprovalTimes(Duration pending, Duration window, Duration temporaryDeny, Duration silence) {
    /** 10 minutes pending, 5 minutes window, 15 minutes temporary deny, 10 minutes silence. */
    public static final ApprovalTimes DEFAULTS =
            new ApprovalTimes(Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofMinutes(15));

    private static final Duration MIN = Duration.ofSeconds(1);

    /** Uses the default silence of 10 minutes. */
    public ApprovalTimes(Duration pending, Duration window, Duration temporaryDeny) {
        this(pending, window, temporaryDeny, Duration.ofMinutes(10));
    }

    /** The problems, each beginning with the component's name. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        checkLength("pending", pending, problems);
        checkLength("window", window, problems);
        checkLength("temporaryDeny", temporaryDeny, problems);
        if (silence.isNegative()) {
            problems.add("approvalTimes.silence must not be negative");
        }
        return problems;
    }

    private static void checkLength(String name, Duration time, List<String> problems) {
        if (time.compareTo(MIN) < 0) {
            problems.add("approvalTimes." + name + " must be a second at least");
        }
    }
}
