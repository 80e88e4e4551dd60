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
import io.panocrypt.policy.model.DeadLetter;
import io.panocrypt.policy.model.DeadNotices;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.FailingContact;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is still to be told, and what could not be. Thread-safe; throws as {@link Devices} does. */
public final class Outbox {
    private static final int PAGE = 1_000;
    private static final int MAX_PAGES = 5;

    private final PolicyEditor editor;
    private final OutboxEntries events;
    private final OutboxStore store;
    private final Dispatcher dispatcher;
    private final FailingContacts failing;

    Outbox(
            PolicyEditor editor,
            OutboxEntries events,
            OutboxStore store,
            Dispatcher dispatcher,
            FailingContacts failing) {
        this.editor = editor;
        this.events = events;
        this.store = store;
        this.dispatcher = dispatcher;
        this.failing = failing;
    }

    /** How far it lags behind. */
    public OutboxStatus status() {
        return store.outboxStatus();
    }

    /** Contacts whose last delivery on this node failed and is tried again, the latest 1,000, oldest failure first. */
    public List<FailingContact> failing() {
        return failing.list();
    }

    /** What was given up, oldest first. Dead letters that nobody looks after are forgotten after 90 days. */
    public Page<DeadLetter> deadLetters(@Nullable String cursor, int limit) {
        Paging.check(limit);
        List<DeadEntry> found = store.deadLetters(cursor, limit);
        return new Page<>(
                found.stream().map(Outbox::letter).toList(),
                found.size() < limit
                        ? Optional.empty()
                        : Optional.of(found.get(limit - 1).entry().id()));
    }

    /**
     * Tells of any webhook what it was not told: one reading of the dead letters serves a whole list. It reads the oldest
     * 5,000 at most.
     */
    public Function<Webhook, DeadNotices> deadOfWebhooks() {
        Map<String, DeadNotices> dead = new HashMap<>();
        Optional<String> cursor = Optional.empty();
        for (int page = 0; page < MAX_PAGES && (page == 0 || cursor.isPresent()); page++) {
            Page<DeadLetter> found = deadLetters(cursor.orElse(null), PAGE);
            for (DeadLetter letter : found.items()) {
                letter.recipient()
                        .ifPresent(name ->
                                dead.merge(name, DeadNotices.NONE.with(letter), (all, one) -> all.with(letter)));
            }
            cursor = found.nextCursor();
        }
        return webhook -> dead.getOrDefault(RecipientResolver.recipient(webhook).name(), DeadNotices.NONE);
    }

    private static DeadLetter letter(DeadEntry dead) {
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
                addressed.map(letter -> letter.recipient().name()),
                addressed.map(letter -> Contact.shown(letter.recipient().contact())),
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
            // That it cannot be read may be why it is dead.
            return Optional.empty();
        }
    }

    /** Tries a dead letter again, from the first attempt on. */
    public void retry(Actor actor, String id) {
        act(actor, "outbox.retry", id, store::reviveDeadLetter);
        events.nudge();
    }

    /** Drops a dead letter. */
    public void drop(Actor actor, String id) {
        act(actor, "outbox.drop", id, store::dropDeadLetter);
    }

    /** The audit comes first: it is what is committed only while the actor may act, and nothing happens without it. */
    private void act(Actor actor, String action, String id, Predicate<String> act) {
        editor.apply(editor.draft(actor, action, "outbox", id, null, null));
        if (!act.test(id)) {
            throw OperationException.notFound("dead letter");
        }
    }

    /**
     * Tells what is due, on this thread, until nothing is due any more: for tests, and for whoever schedules it themselves.
     *
     * @return how many entries were worked on; 0 where no notifier is configured
     */
    public int workOff() {
        return events.areTold() ? dispatcher.workOff() : 0;
    }
}
