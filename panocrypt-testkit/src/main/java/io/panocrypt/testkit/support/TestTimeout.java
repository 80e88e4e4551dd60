package io.panocrypt.testkit.support;

import io.panocrypt.policy.ServiceLimits;
import java.time.Duration;

/**
 * Timeouts of tests.
 *
 * <p>They are far above what a busy machine needs, and cost time only if a test fails. A test that needs a shorter
 * timeout depends on the machine's speed.
 */
public final class TestTimeout {
    /** The maximum wait, in seconds: five minutes. */
    public static final long MAX_SECONDS = 5 * 60;

    /** The maximum wait: five minutes. */
    public static final Duration MAX = Duration.ofSeconds(MAX_SECONDS);

    /** Limits of a service with a healthy store: a busy machine causes no refusals. */
    public static final ServiceLimits SERVICE = new ServiceLimits(MAX, ServiceLimits.DEFAULTS.requestsAtOnce());

    private TestTimeout() {}
}
