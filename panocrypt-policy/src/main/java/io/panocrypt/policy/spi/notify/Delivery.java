package io.panocrypt.policy.spi.notify;

import java.time.Duration;
import java.util.Optional;

/** The result of an attempt to deliver a notice. */
public sealed interface Delivery {
    /** The channel has accepted it. */
    record Done() implements Delivery {}

    /**
     * Not delivered now, to be retried.
     *
     * @param cause one line for operators, with no secret
     * @param after the minimum wait that the receiver asks for; empty if it gives none
     */
    record Later(String cause, Optional<Duration> after) implements Delivery {}

    /**
     * Never delivered: the receiver permanently refuses this notice.
     *
     * @param cause one line for operators, with no secret
     */
    record Refused(String cause) implements Delivery {}

    /**
     * Never delivered, like any later notice: the contact no longer exists.
     *
     * @param cause one line for operators, with no secret
     */
    record Gone(String cause) implements Delivery {}
}
