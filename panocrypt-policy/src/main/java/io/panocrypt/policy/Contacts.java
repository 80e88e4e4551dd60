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
import io.panocrypt.policy.model.ClosedContact;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.PolicyStore;
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

/** Where people can be told: the contacts of members and what became of them. Thread-safe; throws as {@link Devices} does. */
public final class Contacts {
    private final PolicyStore store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final NotifierRegistry channels;
    private final NoticeFactory text;
    private final Optional<JwsSigner> pushKey;

    Contacts(
            PolicyStore store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            NotifierRegistry channels,
            NoticeFactory text,
            Optional<JwsSigner> pushKey) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.channels = channels;
        this.text = text;
        this.pushKey = pushKey;
    }

    /** The schemes that members' contacts may have; empty where no notifier is configured, and then all may. */
    public Set<String> schemes() {
        return channels.schemesOfPeople();
    }

    /**
     * What browsers subscribe with to be pushed to, the Push API's {@code applicationServerKey}: a point of P-256,
     * uncompressed, base64url without padding; empty where nothing is pushed.
     */
    public Optional<String> pushKey() {
        return pushKey.map(signer -> Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(signer.key().point().uncompressed()));
    }

    /** What is wrong with a contact of a member; never quotes it, since it may be a capability. */
    Optional<String> problem(String contact) {
        Optional<URI> uri = Contact.parse(contact);
        if (uri.isEmpty()) {
            return Optional.of("a contact is a URI with a scheme, such as mailto:");
        }
        if (schemes().isEmpty()) {
            return Optional.empty();
        }
        return channels.serving(new Recipient(Recipient.Kind.MEMBER, "", contact), uri.get())
                .map(notifier -> notifier.problem(uri.get()).map(problem -> "nothing reaches the contact: " + problem))
                .orElseGet(() -> Optional.of("no notifier serves " + uri.get().getScheme() + ": contacts, only "
                        + String.join(", ", schemes())));
    }

    /**
     * Sends a notice that says that it is a test, at once and outside the outbox; waits 15 s at most.
     *
     * @return what the channel said; {@link Delivery.Later} too where it threw or took too long
     */
    public Delivery test(Actor actor, String contact) {
        problem(contact).ifPresent(wrong -> {
            throw new OperationException(OperationException.Kind.INVALID, wrong);
        });
        return test(actor, new Recipient(Recipient.Kind.MEMBER, actor.id(), contact));
    }

    Delivery test(Actor actor, Recipient recipient) {
        URI contact = URI.create(recipient.contact());
        Notifier notifier = channels.serving(recipient, contact)
                .orElseThrow(() -> new OperationException(
                        OperationException.Kind.CONFLICT, "no notifier serves " + contact.getScheme() + ": contacts"));
        DomainEvent test = DomainEvent.of(ids.next(), EventType.NOTICE_TEST, clock.instant())
                .by(actor);
        Notice notice = text.notice(new Notification(EventType.NOTICE_TEST, test, recipient));
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

    /** Contacts that their channels said exist no more, as {@link Contact#shown} shows them. */
    public Page<ClosedContact> closed(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.CLOSED_CONTACT, null, cursor, limit), limit, ClosedContact.class)
                .map(closed -> new ClosedContact(
                        closed.id(), Contact.shown(closed.contact()), closed.cause(), closed.since()));
    }

    /** Sends to a contact again. */
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
