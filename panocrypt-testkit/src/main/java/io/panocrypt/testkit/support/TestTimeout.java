package io.panocrypt.testkit.support;

import io.panocrypt.policy.ServiceLimits;
import java.time.Duration;

/**
 * How long a test waits for what must happen.
 *
 * <p>It is far above what a busy machine needs, and costs time only where a test fails. A test that needs a shorter limit to
 * pass depends on the machine's speed.
 */
public final class TestTimeout {
    /** The limit of every wait: five minutes, in seconds. */
    public static final long MAX_SECONDS = 5 * 60;

    /** The same. */
    public static final Duration MAX = Duration.ofSeconds(MAX_SECONDS);

    /** Of a service whose store is well: nothing is refused because this machine has much else to do. */
    public static final ServiceLimits SERVICE = new ServiceLimits(MAX, ServiceLimits.DEFAULTS.requestsAtOnce());

    private TestTimeout() {}
}
