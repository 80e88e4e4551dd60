package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.notice.FailingContacts;
import io.panocrypt.policy.internal.notice.Notification;
import io.panocrypt.policy.internal.notice.RecipientResolver;
import io.panocrypt.policy.internal.outbox.Dispatcher;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.delivery.DeadLetter;
import io.panocrypt.policy.model.delivery.DeadNotices;
import io.panocrypt.policy.model.delivery.FailingContact;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Shows the state of the outbox, and retries or drops dead letters. Thread-safe; throws as {@link Devices} does, and {@code
 * CONFLICT} if the store keeps no outbox.
 */
public final class Outbox {
    private static final int PAGE = 1_000;
    private static final int MAX_PAGES = 5;

    private final PolicyEditor editor;
    private final OutboxEntries events;
    private final Store store;
    private final Dispatcher dispatcher;
    private final FailingContacts failing;

    Outbox(PolicyEditor editor, OutboxEntries events, Store store, Dispatcher dispatcher, FailingContacts failing) {
        this.editor = editor;
        this.events = events;
        this.store = store;
        this.dispatcher = dispatcher;
        this.failing = failing;
    }

    private OutboxStore kept() {
        return store.outbox()
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "the store keeps no outbox, so nobody is notified"));
    }

    /** How many entries wait, and since when. */
    public OutboxStatus status() {
        return kept().outboxStatus();
    }

    /** Contacts whose last delivery from this node failed and is retried: the latest 1,000, oldest failure first. */
    public List<FailingContact> failing() {
        return failing.list();
    }

    /** Dead letters, oldest first. They are removed after 90 days. The limit is 1 to 1,000. */
    public Page<DeadLetter> deadLetters(@Nullable String cursor, int limit) {
        Paging.check(limit);
        List<DeadEntry> found = kept().deadLetters(cursor, limit);
        return new Page<>(
                found.stream().map(Outbox::deadLetter).toList(),
                found.size() < limit
                        ? Optional.empty()
                        : Optional.of(found.get(limit - 1).entry().id()));
    }

    /** Finds the dead notices of any webhook; one call serves a whole list. Reads at most the oldest 5,000 dead letters. */
    public Function<Webhook, DeadNotices> deadOfWebhooks() {
        if (store.outbox().isEmpty()) {
            return webhook -> DeadNotices.NONE;
        }
        Map<String, DeadNotices> dead = new HashMap<>();
        Optional<String> cursor = Optional.empty();
        for (int page = 0; page < MAX_PAGES && (page == 0 || cursor.isPresent()); page++) {
            Page<DeadLetter> found = deadLetters(cursor.orElse(null), PAGE);
            for (DeadLetter deadLetter : found.items()) {
                deadLetter
                        .recipient()
                        .ifPresent(name -> dead.merge(
                                name, DeadNotices.NONE.with(deadLetter), (all, one) -> all.with(deadLetter)));
            }
            cursor = found.nextCursor();
        }
        return webhook -> dead.getOrDefault(RecipientResolver.recipient(webhook).name(), DeadNotices.NONE);
    }

    private static DeadLetter deadLetter(DeadEntry dead) {
        Optional<Notification> addressed = read(dead, OutboxEntries.NOTICE, Notification.class);
        Optional<DomainEvent> what =
                addressed.map(Notification::occurrence).or(() -> read(dead, OutboxEntries.EVENT, DomainEvent.class));
        return new DeadLetter(
                dead.entry().id(),
                addressed
                        .map(Notification::type)
                        .or(() -> what.flatMap(known -> known.types().stream().findFirst()))
                        .map(EventType::wireName),
                what.flatMap(DomainEvent::deviceId),
                addressed.map(deadLetter -> deadLetter.recipient().name()),
                addressed.map(deadLetter -> Contact.shown(deadLetter.recipient().contact())),
                dead.attempts(),
                dead.cause(),
                dead.created(),
                dead.died());
    }

    private static <T> Optional<T> read(DeadEntry dead, String topic, Class<T> type) {
        if (!dead.entry().topic().equals(topic)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(dead.entry().body(), type));
        } catch (StoreException e) {
            // An unreadable body may be the reason why the entry is dead.
            return Optional.empty();
        }
    }

    /** Retries a dead letter, beginning with the first attempt. */
    public void retry(Actor actor, String id) {
        act(actor, "outbox.retry", id, kept()::reviveDeadLetter);
        events.wakeDispatcher();
    }

    /** Removes a dead letter. */
    public void drop(Actor actor, String id) {
        act(actor, "outbox.drop", id, kept()::dropDeadLetter);
    }

    /**
     * The audit entry comes before the act: only its commit is conditional on the actor's authority. If two act on the
     * same dead letter at the same moment, both are recorded.
     */
    private void act(Actor actor, String action, String id, Predicate<String> act) {
        if (!isDead(id)) {
            throw OperationException.notFound("dead letter");
        }
        editor.apply(editor.draft(actor, action, "outbox", id, null, null));
        if (!act.test(id)) {
            throw OperationException.notFound("dead letter");
        }
    }

    /** Reads all dead letters in the worst case; operators rarely retry or drop one. */
    private boolean isDead(String id) {
        List<DeadEntry> page = kept().deadLetters(null, PAGE);
        while (!page.isEmpty()) {
            if (page.stream().anyMatch(dead -> dead.entry().id().equals(id))) {
                return true;
            }
            page = page.size() < PAGE
                    ? List.of()
                    : kept().deadLetters(page.get(PAGE - 1).entry().id(), PAGE);
        }
        return false;
    }

    /**
     * Delivers due entries on this thread until none is left. For tests, and for applications that schedule it themselves.
     *
     * @return how many entries were processed; 0 if no notifier is configured
     */
    public int workOff() {
        return events.isEnabled() ? dispatcher.workOff() : 0;
    }
}
