package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * An attempt, as far as the decision depends on it.
 *
 * @param keyKnown whether the device has the requested key
 * @param source the observed address; empty if it is unknown, and then no source policy admits it
 */
public record Attempt(boolean keyKnown, Optional<IpAddress> source) {}
