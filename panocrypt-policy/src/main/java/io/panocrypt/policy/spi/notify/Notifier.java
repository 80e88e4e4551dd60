package io.panocrypt.policy.spi.notify;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Delivers notices over one channel.
 *
 * <p>Implementations are thread-safe and may block for some seconds; whoever calls bounds the time and interrupts. A node
 * delivers at most 4 notices at once to contacts of one host and port or, where contacts have no host, of one scheme.
 * {@code NotifierContract} in the testkit holds the rules.
 */
public interface Notifier {
    /**
     * The URI schemes of the contacts that it serves, lower-case, such as {@code mailto}. A contact that is a secret has a
     * fragment: of such a one the service never shows more than scheme and host.
     */
    Set<String> schemes();

    /**
     * Why nothing can ever be delivered to a contact as this channel is configured, as operators are told when they name the
     * contact; it never quotes it, asks nobody and does not block. What only a delivery shows, such as what a host's name
     * stands for, is no such problem. By default there is none.
     *
     * @param contact its scheme is one of {@link #schemes}
     */
    default Optional<String> problem(URI contact) {
        return Optional.empty();
    }

    /**
     * Delivers a notice, once or not at all as far as the channel can tell; the same notice may come again after {@link
     * Delivery.Later} or an exception, and then carries the same id.
     *
     * @param contact where it goes; its scheme is one of {@link #schemes}
     */
    Delivery deliver(Notice notice, URI contact);
}
