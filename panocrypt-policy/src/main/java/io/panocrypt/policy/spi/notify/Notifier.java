package io.panocrypt.policy.spi.notify;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Delivers notices over one channel.
 *
 * <p>Implementations are thread-safe and may block for some seconds; the caller limits the time and interrupts. A node
 * delivers at most 4 notices at once to contacts of one host and port or, if contacts have no host, of one scheme.
 * {@code NotifierContract} in the testkit checks the rules.
 */
public interface Notifier {
    /**
     * The URI schemes of the contacts that it serves, lower-case, such as {@code mailto}. A secret contact has a
     * fragment: the service never shows more of it than scheme and host.
     */
    Set<String> schemes();

    /**
     * Why this channel, as configured, can never deliver to a contact; operators see it when they enter the contact. It
     * never quotes the contact, makes no network call and does not block. Problems that only a delivery shows, such as
     * the address of a host name, do not belong here. Empty by default.
     *
     * @param contact its scheme is one of {@link #schemes}
     */
    default Optional<String> problem(URI contact) {
        return Optional.empty();
    }

    /**
     * Delivers a notice once, or not at all, as far as the channel can know. After {@link Delivery.Later} or an
     * exception the same notice may come again, with the same id.
     *
     * @param contact where it goes; its scheme is one of {@link #schemes}
     */
    Delivery deliver(Notice notice, URI contact);
}
