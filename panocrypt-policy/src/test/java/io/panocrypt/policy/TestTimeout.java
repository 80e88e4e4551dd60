package io.panocrypt.policy;

import java.time.Duration;

/** The maximum wait of a test: far above what a busy machine needs, reached only by a failing test. */
public final class TestTimeout {
    /** Five minutes in seconds, as in the testkit, which depends on this module. */
    public static final long MAX_SECONDS = 5 * 60;

    /** The same as a duration. */
    public static final Duration MAX = Duration.ofSeconds(MAX_SECONDS);

    /** The limits of a service on a healthy store, so high that a busy machine causes no refusal. */
    public static final ServiceLimits SERVICE = new ServiceLimits(MAX, ServiceLimits.DEFAULTS.requestsAtOnce());

    private TestTimeout() {}
}
