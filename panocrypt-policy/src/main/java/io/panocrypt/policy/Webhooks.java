package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.notice.ClosedContacts;
import io.panocrypt.policy.internal.notice.NotifierRegistry;
import io.panocrypt.policy.internal.notice.RecipientResolver;
import io.panocrypt.policy.internal.notice.WebhookSecrets;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.NumberedContacts;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredWebhook;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Manages the programs that are notified of events. Thread-safe; throws as {@link Devices} does. */
public final class Webhooks {
    private static final int MAX = 64;
    private static final int MAX_URL = 512;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final WebhookSecrets secrets;
    private final NotifierRegistry notifiers;
    private final Contacts contacts;
    private final ClosedContacts closed;

    Webhooks(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            WebhookSecrets secrets,
            NotifierRegistry notifiers,
            Contacts contacts,
            ClosedContacts closed) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.secrets = secrets;
        this.notifiers = notifiers;
        this.contacts = contacts;
        this.closed = closed;
    }

    /**
     * A webhook and its secret.
     *
     * @param secret in the form of Standard Webhooks, returned only here; it is not stored but derived by the custody
     */
    public record Issued(Webhook webhook, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Issued[webhook=" + webhook.id() + "]";
        }
    }

    /**
     * Creates a webhook; a site has at most 64.
     *
     * @param url absolute, at most 512 characters, with a host, without user information and fragment; a webhook notifier
     *     must serve its scheme
     * @param events wire names of event types; empty for all
     */
    public Issued create(Actor actor, URI url, Collection<String> events) {
        Webhook webhook = reachable(checked(new Webhook(ids.next(), url, new TreeSet<>(events), clock.instant(), 1)));
        if (store.scan(RecordMapper.WEBHOOK, null, null, MAX).size() >= MAX) {
            throw new OperationException(OperationException.Kind.CONFLICT, "there are " + MAX + " webhooks already");
        }
        StoredWebhook stored = secrets.make(webhook, 1);
        apply(draft(actor, "webhook.create", null, webhook).put(stored.record()));
        return new Issued(webhook, secrets.secret(stored));
    }

    private void apply(PolicyEditor.Draft draft) {
        try {
            editor.apply(draft);
        } catch (OperationException e) {
            throw e.kind() == OperationException.Kind.TAKEN
                    ? new OperationException(OperationException.Kind.TAKEN, "another webhook has that url")
                    : e;
        }
    }

    /** The webhook with that id; {@code NOT_FOUND} if there is none. */
    public Webhook get(String id) {
        return stored(id).webhook();
    }

    private StoredWebhook stored(String id) {
        return store.get(RecordMapper.WEBHOOK, id)
                .map(record -> RecordMapper.read(record, StoredWebhook.class))
                .orElseThrow(() -> OperationException.notFound("webhook"));
    }

    /** Webhooks by age, oldest first. The limit is 1 to 1,000. */
    public Page<Webhook> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(
                store.scan(RecordMapper.WEBHOOK, null, cursor, limit),
                limit,
                record -> RecordMapper.read(record, StoredWebhook.class).webhook());
    }

    /** Whether a notifier reported the webhook as gone; {@link Contacts#reopen} sends to it again. */
    public boolean isClosed(Webhook webhook) {
        return closed.isClosed(webhook.url().toString());
    }

    /**
     * Changes a webhook, which keeps its secret; null leaves a value unchanged.
     *
     * @param version the version that the operator saw
     */
    public Webhook edit(Actor actor, String id, long version, @Nullable URI url, @Nullable Collection<String> events) {
        StoredWebhook before = stored(id);
        if (!before.isShownBy(version)) {
            PolicyEditor.refuseStale("webhook", version, before.webhook().version());
        }
        Webhook after = checked(new Webhook(
                id,
                Objects.requireNonNullElse(url, before.webhook().url()),
                events == null ? before.webhook().events() : new TreeSet<>(events),
                before.webhook().created(),
                before.webhook().version() + 1));
        if (!after.url().equals(before.webhook().url())) {
            reachable(after);
        }
        apply(draft(actor, "webhook.edit", before.webhook(), after)
                .put(before.with(after).record()));
        return after;
    }

    /** Replaces a webhook's secret; the old one ends at once. */
    public Issued rotateSecret(Actor actor, String id) {
        StoredWebhook rotated = editor.retrying(() -> stored(id), before -> {
            Webhook old = before.webhook();
            Webhook after = new Webhook(id, old.url(), old.events(), old.created(), old.version() + 1);
            StoredWebhook renewed = secrets.make(after, before.generation() + 1);
            return new Edit<>(draft(actor, "webhook.rotate-secret", old, after).put(renewed.record()), renewed);
        });
        return new Issued(rotated.webhook(), secrets.secret(rotated));
    }

    /** Removes a webhook; notices that wait for it are not sent. */
    public void delete(Actor actor, String id) {
        editor.retrying(
                () -> stored(id),
                before -> new Edit<>(
                        draft(actor, "webhook.delete", before.webhook(), null).delete(before.record()), before));
    }

    /** Sends a test notice to the webhook, as {@link Contacts#test} does. */
    public Delivery test(Actor actor, String id) {
        return contacts.test(actor, RecipientResolver.recipient(get(id)));
    }

    private Webhook reachable(Webhook webhook) {
        notifiers
                .serving(RecipientResolver.recipient(webhook), webhook.url())
                .flatMap(notifier -> notifier.problem(webhook.url()))
                .ifPresent(problem -> {
                    throw new OperationException(
                            OperationException.Kind.INVALID, "nothing reaches the url: " + problem);
                });
        return webhook;
    }

    private Webhook checked(Webhook webhook) {
        List<String> problems = new ArrayList<>();
        URI url = webhook.url();
        if (url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawFragment() != null
                || url.toString().length() > MAX_URL) {
            problems.add("url must have a host and at most " + MAX_URL
                    + " characters, without user information and fragment");
        }
        Set<String> served = notifiers.schemesOfWebhooks();
        if (!served.contains(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT))) {
            problems.add(
                    store.outbox().isEmpty()
                            ? "nothing reaches a webhook: the store keeps no outbox, so nobody is notified"
                            : served.isEmpty()
                                    ? "no notifier serves webhooks here"
                                    : "url must be one of " + String.join(", ", served));
        }
        Set<String> possible = Webhook.possibleEvents();
        webhook.events().stream()
                .filter(event -> !possible.contains(event))
                .forEach(event -> problems.add(OperationException.quoted(event) + " is not an event for webhooks, only "
                        + String.join(", ", possible)));
        Validation.refuse(problems.stream().distinct().toList());
        return webhook;
    }

    private PolicyEditor.Draft draft(Actor actor, String action, @Nullable Webhook before, @Nullable Webhook after) {
        String id = Objects.requireNonNull(after == null ? before : after).id();
        NumberedContacts shown = new NumberedContacts();
        return editor.draft(
                actor, action, RecordMapper.WEBHOOK, id, WebhookAudit.of(before, shown), WebhookAudit.of(after, shown));
    }

    /** The audit form of a webhook. Every viewer may read it, so it has neither keys nor the whole URL. */
    private record WebhookAudit(String url, Set<String> events, long version) {
        static @Nullable WebhookAudit of(@Nullable Webhook webhook, NumberedContacts shown) {
            return webhook == null
                    ? null
                    : new WebhookAudit(shown.show(webhook.url().toString()), webhook.events(), webhook.version());
        }
    }
}
