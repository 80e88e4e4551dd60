package io.panocrypt.testkit.notify;

import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A notifier under test, and a receiver with configurable behaviour.
 *
 * <p>{@link NotifierContract} opens one per test and closes it afterwards. Tests of unsupported behaviours are skipped.
 * The receiver initially accepts notices.
 */
public interface NotifierFixture extends AutoCloseable {
    /** The behaviour of a receiver. */
    enum Behaviour {
        /** Accepts the notice. */
        TAKES,
        /** Asks the sender to retry later, after {@link NotifierFixture#busyFor} if the channel supports this. */
        IS_BUSY,
        /** Fails with an internal error. */
        FAILS,
        /** Refuses this notice permanently. */
        REFUSES,
        /** Refuses the sender for any notice, such as after its login has become invalid. */
        REFUSES_SENDER,
        /** Reports that this contact no longer exists. */
        IS_GONE,
        /** Reads everything and never answers. */
        HANGS,
        /** Closes the connection instead of answering. */
        CUTS_OFF,
        /** Does not listen. */
        IS_AWAY
    }

    /**
     * An accepted notice.
     *
     * @param id identifies a repeated notice
     * @param text the complete text for people or programs, with unchanged line breaks
     */
    record Received(String id, String text) {}

    /** The notifier under test, always the same object. */
    Notifier notifier();

    /**
     * A notifier with a timeout well above {@link TestTimeout#MAX}, so that a delivery that ends earlier did not end by
     * the timeout. {@link #notifier} unless overridden.
     */
    default Notifier patient() {
        return notifier();
    }

    /** The contact of the receiver. */
    URI contact();

    /** The behaviours that this channel supports; all unless overridden. */
    default Set<Behaviour> behaviours() {
        return Set.of(Behaviour.values());
    }

    /** Sets the behaviour of the receiver. */
    void behave(Behaviour behaviour) throws IOException;

    /** The notices accepted so far, in order. */
    List<Received> received();

    /** The wait that a busy receiver asks for; empty unless overridden. */
    default Optional<Duration> busyFor() {
        return Optional.empty();
    }

    /** The maximum time of a delivery to a receiver that hangs; 5 seconds unless overridden. */
    default Duration bound() {
        return Duration.ofSeconds(5);
    }

    /**
     * Texts that no cause, exception or {@code toString} may contain: credentials, and contacts that are equally
     * secret.
     */
    default List<String> secrets() {
        return List.of();
    }

    /** Invalid contacts with the notifier's schemes; none unless overridden. */
    default List<URI> unreadable() {
        return List.of();
    }

    @Override
    void close() throws IOException;
}
