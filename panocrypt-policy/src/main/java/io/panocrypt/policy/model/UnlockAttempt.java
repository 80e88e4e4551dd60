package io.panocrypt.policy.model;

import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * One request to recover, as it came from the wire.
 *
 * @param token from the unlock URL
 * @param kid the thumbprint of the exchange key that is asked for
 * @param request the parsed body
 * @param source the observed address; empty when it cannot be told
 */
public record UnlockAttempt(String token, String kid, RecoveryRequest request, Optional<IpAddress> source) {
    /** The attempt without its token, which belongs into no log. */
    @Override
    public String toString() {
        return "UnlockAttempt[kid=" + kid + ", source="
                + source.map(IpAddress::toString).orElse("unknown") + "]";
    }
}
