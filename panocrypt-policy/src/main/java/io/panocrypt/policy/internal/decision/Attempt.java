package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * What somebody asks for.
 *
 * @param keyKnown whether the device has the key that is asked for
 * @param source the observed address; empty when it cannot be told, which no source policy admits
 */
public record Attempt(boolean keyKnown, Optional<IpAddress> source) {}
