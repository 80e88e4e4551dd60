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
 * A notifier under test, and a receiver at the other end that behaves as a test wants.
 *
 * <p>{@link NotifierContract} asks for one per test and closes it afterwards. What a channel cannot show appears as a
 * skipped test. The receiver takes notices until it is told otherwise.
 */
public interface NotifierFixture extends AutoCloseable {
    /** What a receiver does with a notice. */
    enum Behaviour {
        /** Takes it. */
        TAKES,
        /** Asks to come back later, after {@link NotifierFixture#busyFor} if the channel can say so. */
        IS_BUSY,
        /** Fails, as a server with a fault of its own. */
        FAILS,
        /** Refuses this notice for good. */
        REFUSES,
        /** Refuses whoever sends, whatever the notice, such as for a login that is no longer good. */
        REFUSES_SENDER,
        /** Says that this contact exists no more. */
        IS_GONE,
        /** Reads everything and never answers. */
        HANGS,
        /** Closes the connection instead of answering. */
        CUTS_OFF,
        /** Does not listen. */
        IS_AWAY
    }

    /**
     * What arrived and was taken.
     *
     * @param id by which the receiver tells a repeated notice
     * @param text all that people or programs are shown, lines as they are
     */
    record Received(String id, String text) {}

    /** The notifier, always the same. */
    Notifier notifier();

    /**
     * The same notifier with a limit well above {@link TestTimeout#MAX}, so that an end before that is not the limit's; {@link
     * #notifier} unless overridden.
     */
    default Notifier patient() {
        return notifier();
    }

    /** A contact that reaches the receiver. */
    URI contact();

    /** The behaviours that this channel can show; all unless overridden. */
    default Set<Behaviour> behaviours() {
        return Set.of(Behaviour.values());
    }

    /** How the receiver behaves from now on. */
    void behave(Behaviour behaviour) throws IOException;

    /** What was taken so far, in order. */
    List<Received> received();

    /** How long a busy receiver asks to wait; empty unless overridden. */
    default Optional<Duration> busyFor() {
        return Optional.empty();
    }

    /** How long a delivery to a receiver that hangs may take; 5 seconds unless overridden. */
    default Duration bound() {
        return Duration.ofSeconds(5);
    }

    /** Texts that stand in no cause, exception or {@code toString}: credentials, and contacts that are worth as much. */
    default List<String> secrets() {
        return List.of();
    }

    /** Contacts of its schemes that it cannot read; none unless overridden. */
    default List<URI> unreadable() {
        return List.of();
    }

    @Override
    void close() throws IOException;
}
