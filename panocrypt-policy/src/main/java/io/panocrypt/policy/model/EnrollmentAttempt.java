package io.panocrypt.policy.model;

import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * A machine's request to become a device, as received.
 *
 * @param secret of an enrollment key
 * @param name for the device
 * @param source the observed address; empty when it is unknown
 * @param sourceInDoubt whether there is a sign that the observed address is not the machine's own, such as a forwarding
 *     header of a peer that is no trusted proxy
 */
public record EnrollmentAttempt(String secret, String name, Optional<IpAddress> source, boolean sourceInDoubt) {
    /** The attempt without its secret, which must not be logged. */
    @Override
    public String toString() {
        return "EnrollmentAttempt[name=" + name + ", source="
                + source.map(IpAddress::toString).orElse("unknown") + "]";
    }
}
