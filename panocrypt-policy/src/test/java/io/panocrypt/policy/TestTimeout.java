package io.panocrypt.policy;

import java.time.Duration;

/** How long a test waits for what must happen: far above what a busy machine needs, and reached only where a test fails. */
public final class TestTimeout {
    /** Five minutes in seconds, as in the testkit, which depends on this module. */
    public static final long MAX_SECONDS = 5 * 60;

    /** The same. */
    public static final Duration MAX = Duration.ofSeconds(MAX_SECONDS);

    /** Of a service whose store is well: nothing is refused because this machine has much else to do. */
    public static final ServiceLimits SERVICE = new ServiceLimits(MAX, ServiceLimits.DEFAULTS.requestsAtOnce());

    private TestTimeout() {}
}
