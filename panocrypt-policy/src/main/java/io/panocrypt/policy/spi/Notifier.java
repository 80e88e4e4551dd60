package io.panocrypt.policy.spi;

import java.net.URI;
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
     * Delivers a notice, once or not at all as far as the channel can tell; the same notice may come again after {@link
     * Delivery.Later} or an exception, and then carries the same id.
     *
     * @param contact where it goes; its scheme is one of {@link #schemes}
     */
    Delivery deliver(Notice notice, URI contact);
}
