package io.panocrypt.policy;

import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.notice.NoticeFactory;
import io.panocrypt.policy.internal.notice.Notification;
import io.panocrypt.policy.internal.notice.NotifierRegistry;
import io.panocrypt.policy.internal.notice.Recipient;
import io.panocrypt.policy.internal.outbox.Dispatcher;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tests contacts of members, and lists and reopens closed ones. Thread-safe; throws as {@link Devices} does. */
public final class Contacts {
    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final NotifierRegistry notifiers;
    private final NoticeFactory noticeFactory;
    private final Optional<JwsSigner> pushKey;

    Contacts(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            NotifierRegistry notifiers,
            NoticeFactory noticeFactory,
            Optional<JwsSigner> pushKey) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.notifiers = notifiers;
        this.noticeFactory = noticeFactory;
        this.pushKey = pushKey;
    }

    /** The schemes that members' contacts may have; empty if no notifier is configured, and then all are accepted. */
    public Set<String> schemes() {
        return notifiers.schemesOfPeople();
    }

    /**
     * The key with which browsers subscribe, the Push API's {@code applicationServerKey}: an uncompressed P-256 point,
     * base64url without padding. Empty if there is no push notifier.
     */
    public Optional<String> pushKey() {
        return pushKey.map(signer -> Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(signer.key().point().uncompressed()));
    }

    /** The problem of a member's contact; never quotes the contact, which may be a capability URL. */
    Optional<String> problem(String contact) {
        Optional<URI> uri = Contact.parse(contact);
        if (uri.isEmpty()) {
            return Optional.of("a contact is a URI with a scheme, such as mailto:");
        }
        if (store.outbox().isEmpty()) {
            return Optional.of("nothing reaches the contact: the store keeps no outbox, so nobody is notified");
        }
        if (schemes().isEmpty()) {
            return Optional.empty();
        }
        return notifiers
                .serving(new Recipient(Recipient.Kind.MEMBER, "", contact), uri.get())
                .map(notifier -> notifier.problem(uri.get()).map(problem -> "nothing reaches the contact: " + problem))
                .orElseGet(() -> Optional.of("no notifier serves " + uri.get().getScheme() + ": contacts, only "
                        + String.join(", ", schemes())));
    }

    /**
     * Sends a test notice at once, outside the outbox; waits at most 15 s.
     *
     * @return the notifier's result; {@link Delivery.Later} also if it threw or took too long
     */
    public Delivery test(Actor actor, String contact) {
        problem(contact).ifPresent(wrong -> {
            throw new OperationException(OperationException.Kind.INVALID, wrong);
        });
        return test(actor, new Recipient(Recipient.Kind.MEMBER, actor.id(), contact));
    }

    Delivery test(Actor actor, Recipient recipient) {
        URI contact = URI.create(recipient.contact());
        Notifier notifier = notifiers
                .serving(recipient, contact)
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "no notifier serves " + contact.getScheme() + ": contacts"));
        DomainEvent test = DomainEvent.of(ids.next(), EventType.NOTICE_TEST, clock.instant())
                .by(actor);
        Notice notice = noticeFactory.notice(new Notification(EventType.NOTICE_TEST, test, recipient));
        FutureTask<Delivery> task = new FutureTask<>(() -> notifier.deliver(notice, contact));
        Thread thread = new Thread(task, "panocrypt-notice-test");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(Dispatcher.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Delivery.Later("no answer within " + Dispatcher.LIMIT.toSeconds() + " s", Optional.empty());
        } catch (ExecutionException e) {
            return new Delivery.Later(
                    "failed with "
                            + Objects.requireNonNull(e.getCause()).getClass().getSimpleName(),
                    Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Delivery.Later("interrupted", Optional.empty());
        } finally {
            task.cancel(true);
        }
    }

    /** Contacts that a notifier reported as gone, shortened as by {@link Contact#shown}. */
    public Page<ClosedContact> closed(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.CLOSED_CONTACT, null, cursor, limit), limit, ClosedContact.class)
                .map(closed -> new ClosedContact(
                        closed.id(), Contact.shown(closed.contact()), closed.cause(), closed.since()));
    }

    /** Reopens a closed contact; later notices are sent to it again. */
    public void reopen(Actor actor, String id) {
        editor.retrying(
                () -> store.get(RecordMapper.CLOSED_CONTACT, id)
                        .orElseThrow(() -> OperationException.notFound("closed contact")),
                found -> new Edit<>(
                        editor.draft(actor, "contact.reopen", RecordMapper.CLOSED_CONTACT, id, null, null)
                                .delete(found),
                        found));
    }
}
