package io.panocrypt.policy.spi.notify;

import java.time.Duration;
import java.util.Optional;

/** What became of an attempt to deliver a notice. */
public sealed interface Delivery {
    /** The channel has taken it. */
    record Done() implements Delivery {}

    /**
     * Not now.
     *
     * @param cause one line for operators, with no secret
     * @param after how long the receiver asks to wait at least; empty if it does not say
     */
    record Later(String cause, Optional<Duration> after) implements Delivery {}

    /**
     * Never: the receiver refuses this notice for good.
     *
     * @param cause one line for operators, with no secret
     */
    record Refused(String cause) implements Delivery {}

    /**
     * Never, neither this notice nor any other: the contact exists no more.
     *
     * @param cause one line for operators, with no secret
     */
    record Gone(String cause) implements Delivery {}
}
