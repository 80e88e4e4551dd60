package io.panocrypt.policy.model;

import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * One recovery request, as received.
 *
 * @param token from the unlock URL
 * @param kid the thumbprint of the requested exchange key
 * @param request the parsed body
 * @param source the observed address; empty when it is unknown
 */
public record UnlockAttempt(String token, String kid, RecoveryRequest request, Optional<IpAddress> source) {
    /** The attempt without its token, which must not be logged. */
    @Override
    public String toString() {
        return "UnlockAttempt[kid=" + kid + ", source="
                + source.map(IpAddress::toString).orElse("unknown") + "]";
    }
}
