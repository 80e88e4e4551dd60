package io.panocrypt.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long things take that people decide. The first three are a second at least: in less nobody can approve, no machine
 * collects an approval, and a denial refuses nothing.
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

    private static final Duration MIN = Duration.ofSeconds(1);

    /** With the default silence. */
    public ApprovalTimes(Duration pending, Duration window, Duration temporaryDeny) {
        this(pending, window, temporaryDeny, Duration.ofMinutes(10));
    }

    /** What is wrong, each with the component's name. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        checkLasts("pending", pending, problems);
        checkLasts("window", window, problems);
        checkLasts("temporaryDeny", temporaryDeny, problems);
        if (silence.isNegative()) {
            problems.add("approvalTimes.silence must not be negative");
        }
        return problems;
    }

    private static void checkLasts(String name, Duration time, List<String> problems) {
        if (time.compareTo(MIN) < 0) {
            problems.add("approvalTimes." + name + " must be a second at least");
        }
    }
}
