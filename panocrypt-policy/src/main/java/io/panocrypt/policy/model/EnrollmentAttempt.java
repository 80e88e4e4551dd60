package io.panocrypt.policy.model;

import io.panocrypt.policy.net.IpAddress;
import java.util.Optional;

/**
 * One request of a machine to become a device, as it came from the wire.
 *
 * @param secret of an enrollment key
 * @param name for the device
 * @param source the observed address; empty when it cannot be told
 * @param sourceInDoubt whether something says that the observed address is not the machine's own, such as a forwarding
 *     header of a peer that is no trusted proxy
 */
public record EnrollmentAttempt(String secret, String name, Optional<IpAddress> source, boolean sourceInDoubt) {
    /** The attempt without its secret, which belongs into no log. */
    @Override
    public String toString() {
        return "EnrollmentAttempt[name=" + name + ", source="
                + source.map(IpAddress::toString).orElse("unknown") + "]";
    }
}
