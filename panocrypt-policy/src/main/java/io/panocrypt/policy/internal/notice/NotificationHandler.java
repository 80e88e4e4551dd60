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

/** What the outbox has done: events become notices, and notices are delivered. Thread-safe. */
public final class NotificationHandler implements Handler {
    /** What has not been tried yet must not wait as long as what has failed for hours. */
    private static final Duration MAX_REST = Duration.ofMinutes(1);

    private static final int MAX_CAUSE = 500;

    private final InstantSource clock;
    private final NotificationFanOut expansion;
    private final RecipientResolver recipients;
    private final ClosedContacts closed;
    private final NotifierRegistry channels;
    private final NoticeFactory text;
    private final Backoff backoff;
    private final FailingContacts failing;
    private final DeadLetterLog deadLetters = new DeadLetterLog();

    public NotificationHandler(
            InstantSource clock,
            NotificationFanOut expansion,
            RecipientResolver recipients,
            ClosedContacts closed,
            NotifierRegistry channels,
            NoticeFactory text,
            Backoff backoff,
            FailingContacts failing) {
        this.clock = clock;
        this.expansion = expansion;
        this.recipients = recipients;
        this.closed = closed;
        this.channels = channels;
        this.text = text;
        this.backoff = backoff;
        this.failing = failing;
    }

    /** Mail and other contacts without a host leave by one gateway each, which their scheme stands for. */
    @Override
    public String target(OutboxEntry entry) {
        return addressed(entry)
                .flatMap(addressed -> Contact.parse(addressed.recipient().contact()))
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
            case OutboxEntries.EVENT ->
                new Settlement.Done(expansion.notices(Json.read(entry.body(), DomainEvent.class)));
            case OutboxEntries.APPROVERS -> new Settlement.Done(expansion.noticesOfAllThatWait());
            case OutboxEntries.NOTICE -> deliver(leased, Json.read(entry.body(), Notification.class));
            // A node of a later release may have written it, and takes it within the day.
            default -> failed(leased, "no such topic in this release");
        };
    }

    private Settlement deliver(LeasedEntry leased, Notification addressed) {
        Recipient recipient = addressed.recipient();
        if (!recipients.isStill(addressed.type(), addressed.occurrence(), recipient)) {
            return new Settlement.Done(List.of());
        }
        if (closed.isClosed(recipient.contact())) {
            String cause = "the contact is closed";
            deadLetters.log(Optional.of(addressed), cause, clock.instant());
            return new Settlement.Dead(cause, List.of());
        }
        Instant now = clock.instant();
        Optional<Instant> quiet = recipients
                .silentUntil(addressed.occurrence(), recipient)
                .or(() -> failing.restsUntil(recipient.contact()))
                .filter(now::isBefore);
        if (quiet.isPresent()) {
            return new Settlement.PutOff(Duration.between(now, quiet.get()));
        }
        URI contact = URI.create(recipient.contact());
        Optional<Notifier> notifier = channels.serving(recipient, contact);
        if (notifier.isEmpty()) {
            // Another node may serve it.
            return failed(leased, "no notifier serves " + contact.getScheme() + ": contacts");
        }
        return settle(leased, recipient, notifier.get().deliver(text.notice(addressed), contact));
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
        throw new IllegalStateException("the deliveries are sealed");
    }

    /** What a channel says, as any store takes it: one that refuses a settlement would have the notice sent again for ever. */
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
        addressed(leased.entry())
                .ifPresent(addressed -> failing.failed(addressed.recipient().contact(), cause, now, now.plus(rest)));
        return new Settlement.Retry(wait, cause);
    }

    /** A dead letter, of which administrators are told: once an hour for a recipient, and not of notices about notices. */
    private Settlement dead(LeasedEntry leased, String cause) {
        addressed(leased.entry())
                .ifPresent(addressed -> failing.forget(addressed.recipient().contact()));
        deadLetters.log(addressed(leased.entry()), cause, clock.instant());
        return new Settlement.Dead(
                cause,
                addressed(leased.entry())
                        .filter(addressed -> addressed.type() != EventType.OUTBOX_DEAD_LETTER)
                        .map(addressed -> List.of(OutboxEntries.entry(alarm(addressed.recipient()))))
                        .orElse(List.of()));
    }

    private DomainEvent alarm(Recipient recipient) {
        Instant now = clock.instant();
        String key = EventType.OUTBOX_DEAD_LETTER.wireName() + ":" + recipient.kind() + ":" + recipient.id() + ":"
                + AlarmDeduplicator.hour(now);
        return DomainEvent.of(key, EventType.OUTBOX_DEAD_LETTER, now).saying(recipient.name());
    }

    /** The notice; empty for what is none, or cannot be read. */
    private static Optional<Notification> addressed(OutboxEntry entry) {
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
