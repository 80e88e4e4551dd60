package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.AlarmDeduplicator;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.outbox.Backoff;
import io.panocrypt.policy.internal.outbox.Handler;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Processes outbox entries: expands events into notices, and delivers notices. Thread-safe. */
public final class NotificationHandler implements Handler {
    /** Untried notices of a failing contact must not wait as long as one that failed for hours. */
    private static final Duration MAX_REST = Duration.ofMinutes(1);

    private static final int MAX_CAUSE = 500;

    private final InstantSource clock;
    private final NotificationFanOut fanOut;
    private final RecipientResolver recipients;
    private final ClosedContacts closed;
    private final NotifierRegistry notifiers;
    private final NoticeFactory noticeFactory;
    private final Backoff backoff;
    private final FailingContacts failing;
    private final DeadLetterLog deadLetters = new DeadLetterLog();

    public NotificationHandler(
            InstantSource clock,
            NotificationFanOut fanOut,
            RecipientResolver recipients,
            ClosedContacts closed,
            NotifierRegistry notifiers,
            NoticeFactory noticeFactory,
            Backoff backoff,
            FailingContacts failing) {
        this.clock = clock;
        this.fanOut = fanOut;
        this.recipients = recipients;
        this.closed = closed;
        this.notifiers = notifiers;
        this.noticeFactory = noticeFactory;
        this.backoff = backoff;
        this.failing = failing;
    }

    /** Contacts without a host, such as mail addresses, leave by one gateway; their scheme is the target. */
    @Override
    public String target(OutboxEntry entry) {
        return notification(entry)
                .flatMap(notification -> Contact.parse(notification.recipient().contact()))
                .map(NotificationHandler::target)
                .orElse(entry.topic());
    }

    private static String target(URI contact) {
        String target = contact.getHost() == null ? contact.getScheme() : contact.getHost() + ":" + contact.getPort();
        return target.toLowerCase(Locale.ROOT);
    }

    @Override
    public Settlement handle(LeasedEntry leased) {
        OutboxEntry entry = leased.entry();
        if (leased.attempts() > Backoff.MAX_ATTEMPTS) {
            return dead(leased, "given up after " + Backoff.MAX_ATTEMPTS + " attempts");
        }
        return switch (entry.topic()) {
            case OutboxEntries.EVENT -> new Settlement.Done(fanOut.notices(Json.read(entry.body(), DomainEvent.class)));
            case OutboxEntries.APPROVERS -> new Settlement.Done(fanOut.noticesOfPendingRequests());
            case OutboxEntries.NOTICE -> deliver(leased, Json.read(entry.body(), Notification.class));
            // A node of a later release may have written it, and takes it within the day.
            default -> failed(leased, "no such topic in this release");
        };
    }

    private Settlement deliver(LeasedEntry leased, Notification notification) {
        Recipient recipient = notification.recipient();
        if (!recipients.isStill(notification.type(), notification.occurrence(), recipient)) {
            return new Settlement.Done(List.of());
        }
        if (closed.isClosed(recipient.contact())) {
            String cause = "the contact is closed";
            deadLetters.log(Optional.of(notification), cause, clock.instant());
            return new Settlement.Dead(cause, List.of());
        }
        Instant now = clock.instant();
        Optional<Instant> quiet = recipients
                .silentUntil(notification.occurrence(), recipient)
                .or(() -> failing.restsUntil(recipient.contact()))
                .filter(now::isBefore);
        if (quiet.isPresent()) {
            return new Settlement.PutOff(Duration.between(now, quiet.get()));
        }
        URI contact = URI.create(recipient.contact());
        Optional<Notifier> notifier = notifiers.serving(recipient, contact);
        if (notifier.isEmpty()) {
            // Fails instead of dying at once, because another node may serve the scheme.
            return failed(leased, "no notifier serves " + contact.getScheme() + ": contacts");
        }
        return settle(leased, recipient, notifier.get().deliver(noticeFactory.notice(notification), contact));
    }

    private Settlement settle(LeasedEntry leased, Recipient recipient, Delivery delivery) {
        if (delivery instanceof Delivery.Done) {
            failing.forget(recipient.contact());
            return new Settlement.Done(List.of());
        }
        if (delivery instanceof Delivery.Later later) {
            return failed(leased, line(later.cause()), later.after());
        }
        if (delivery instanceof Delivery.Refused refused) {
            return dead(leased, line(refused.cause()));
        }
        if (delivery instanceof Delivery.Gone gone) {
            failing.forget(recipient.contact());
            closed.close(recipient, line(gone.cause()));
            return dead(leased, "the contact is gone: " + line(gone.cause()));
        }
        throw new IllegalStateException("unknown kind of delivery");
    }

    /** Cleans a notifier's message for any store: a rejected settlement would repeat the delivery without end. */
    private static String line(String cause) {
        String line = cause.codePoints()
                .limit(MAX_CAUSE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ").strip();
    }

    @Override
    public Settlement failed(LeasedEntry leased, String cause) {
        return failed(leased, cause, Optional.empty());
    }

    private Settlement failed(LeasedEntry leased, String cause, Optional<Duration> wish) {
        if (leased.attempts() >= Backoff.MAX_ATTEMPTS) {
            return dead(leased, cause);
        }
        Duration wait = backoff.after(leased.attempts(), wish);
        Duration rest = wait.compareTo(MAX_REST) > 0 ? MAX_REST : wait;
        Instant now = clock.instant();
        notification(leased.entry())
                .ifPresent(
                        notification -> failing.failed(notification.recipient().contact(), cause, now, now.plus(rest)));
        return new Settlement.Retry(wait, cause);
    }

    /**
     * Gives up an entry and notifies administrators: once an hour for each recipient, and never about such notices
     * themselves.
     */
    private Settlement dead(LeasedEntry leased, String cause) {
        notification(leased.entry())
                .ifPresent(
                        notification -> failing.forget(notification.recipient().contact()));
        deadLetters.log(notification(leased.entry()), cause, clock.instant());
        return new Settlement.Dead(
                cause,
                notification(leased.entry())
                        .filter(notification -> notification.type() != EventType.OUTBOX_DEAD_LETTER)
                        .map(notification -> List.of(OutboxEntries.entry(alarm(notification.recipient()))))
                        .orElse(List.of()));
    }

    private DomainEvent alarm(Recipient recipient) {
        Instant now = clock.instant();
        String key = EventType.OUTBOX_DEAD_LETTER.wireName() + ":" + recipient.kind() + ":" + recipient.id() + ":"
                + AlarmDeduplicator.hour(now);
        return DomainEvent.of(key, EventType.OUTBOX_DEAD_LETTER, now).saying(recipient.name());
    }

    /** The notification in an entry; empty for other topics and unreadable bodies. */
    private static Optional<Notification> notification(OutboxEntry entry) {
        if (!entry.topic().equals(OutboxEntries.NOTICE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(entry.body(), Notification.class));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }
}
