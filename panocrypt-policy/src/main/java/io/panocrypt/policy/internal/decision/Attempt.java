package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * An attempt, as far as the decision depends on it.
 *
 * @param keyKnown whether the device has the requested key
 * @param source the observed address; empty if it is unknown, and then no source policy admits it
 * @param rules what the embedder's rules answered
 */
public record Attempt(boolean keyKnown, Optional<IpAddress> source, RuleAnswer rules) {
    /** An attempt about which no rule was asked. */
    public Attempt(boolean keyKnown, Optional<IpAddress> source) {
        this(keyKnown, source, RuleAnswer.NONE);
    }

    public Attempt with(RuleAnswer answer) {
        return new Attempt(keyKnown, source, answer);
    }
}
