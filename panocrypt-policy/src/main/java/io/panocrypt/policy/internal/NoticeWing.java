package io.panocrypt.policy.internal;

import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.internal.notice.ClosedContacts;
import io.panocrypt.policy.internal.notice.FailingContacts;
import io.panocrypt.policy.internal.notice.HealthAlarms;
import io.panocrypt.policy.internal.notice.NoticeFactory;
import io.panocrypt.policy.internal.notice.NotificationFanOut;
import io.panocrypt.policy.internal.notice.NotificationHandler;
import io.panocrypt.policy.internal.notice.NotificationThrottle;
import io.panocrypt.policy.internal.notice.NotifierRegistry;
import io.panocrypt.policy.internal.notice.NotifierSettings;
import io.panocrypt.policy.internal.notice.RecipientResolver;
import io.panocrypt.policy.internal.notice.VapidKey;
import io.panocrypt.policy.internal.notice.WebhookSecrets;
import io.panocrypt.policy.internal.outbox.Backoff;
import io.panocrypt.policy.internal.outbox.Dispatcher;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The part of a service that notifies people and programs. */
public record NoticeWing(
        NotifierRegistry notifiers,
        Optional<JwsSigner> pushKey,
        WebhookSecrets webhookSecrets,
        NoticeFactory noticeFactory,
        ClosedContacts closedContacts,
        FailingContacts failingContacts,
        Dispatcher dispatcher,
        HealthAlarms healthAlarms) {

    /**
     * The settings that only this wing needs.
     *
     * @param linkBase the base of links, before {@code /console/}
     * @param pendingLife how long an approval request lives after its last attempt
     * @param silence how long an approver who defers is not notified of the request
     */
    public record Settings(NotifierSettings notifiers, URI linkBase, Duration pendingLife, Duration silence) {}

    /**
     * The notifiers, created before anything is stored: a configuration that cannot work leaves no trace in the store.
     *
     * @param pushKey the site's push key, which a new site has not stored yet; empty if no notifier needs one
     */
    public record Prepared(WebhookSecrets secrets, Optional<VapidKey> pushKey, NotifierRegistry notifiers) {
        /** Stores the push key; creates the notifiers again if another node has stored its own key first. */
        private Prepared stored(Foundation base, NotifierSettings settings) {
            Optional<VapidKey> stored = pushKey.map(key -> key.store(base.store(), base.editor(), base.firstWrites()));
            return stored.equals(pushKey) ? this : of(base, settings, secrets, stored);
        }

        private static Prepared of(
                Foundation base, NotifierSettings settings, WebhookSecrets secrets, Optional<VapidKey> pushKey) {
            NotifierRegistry notifiers = settings.registry(secrets, pushKey.map(key -> key.signer(base.custody())));
            return new Prepared(secrets, pushKey, notifiers);
        }
    }

    /** @throws IllegalArgumentException if two notifiers serve the same scheme */
    public static Prepared prepare(Foundation base, NotifierSettings settings) {
        Optional<VapidKey> pushKey = settings.needsPushKey()
                ? Optional.of(VapidKey.findOrMake(base.store(), base.custody(), base.clock()))
                : Optional.empty();
        return Prepared.of(base, settings, new WebhookSecrets(base.store(), base.custody()), pushKey);
    }

    /** Stores the site's push key if a notifier needs one and there is none yet. */
    public static NoticeWing open(Foundation base, Prepared prepared, Settings settings) {
        Prepared stored = prepared.stored(base, settings.notifiers());
        NotifierRegistry notifiers = stored.notifiers();
        NoticeFactory notices =
                new NoticeFactory(base.store(), base.clock(), settings.linkBase(), settings.pendingLife());
        ClosedContacts closed = new ClosedContacts(base.store(), base.clock(), base.editor());
        FailingContacts failing = new FailingContacts();
        RecipientResolver recipients = new RecipientResolver(base.store(), base.policy(), closed, settings.silence());
        NotificationFanOut fanOut = new NotificationFanOut(
                base.store(), base.clock(), recipients, new NotificationThrottle(base.store()), settings.pendingLife());
        NotificationHandler handler = new NotificationHandler(
                base.clock(), fanOut, recipients, closed, notifiers, notices, new Backoff(base.random()), failing);
        return new NoticeWing(
                notifiers,
                stored.pushKey().map(key -> key.signer(base.custody())),
                stored.secrets(),
                notices,
                closed,
                failing,
                new Dispatcher(base.store(), handler, base.ids()::next, base.clock(), base.wakeUp()),
                new HealthAlarms(base.store(), base.clock(), base.events(), base.alarms()));
    }
}
