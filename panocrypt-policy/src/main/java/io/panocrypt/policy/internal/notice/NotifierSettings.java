package io.panocrypt.policy.internal.notice;

import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.notify.Notifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The configured notifiers of a service.
 *
 * @param people notifiers that need nothing from the service
 * @param webhooks makers that get a lookup for the secrets of webhooks
 * @param browsers makers that get the site's push key
 */
public record NotifierSettings(
        List<Notifier> people,
        List<Function<ContactSecrets, Notifier>> webhooks,
        List<Function<JwsSigner, Notifier>> browsers) {
    public NotifierSettings {
        people = List.copyOf(people);
        webhooks = List.copyOf(webhooks);
        browsers = List.copyOf(browsers);
    }

    public boolean isEmpty() {
        return people.isEmpty() && webhooks.isEmpty() && browsers.isEmpty();
    }

    public boolean needsPushKey() {
        return !browsers.isEmpty();
    }

    /** @throws IllegalArgumentException if two notifiers serve the same scheme */
    public NotifierRegistry registry(ContactSecrets secrets, Optional<JwsSigner> pushKey) {
        List<Notifier> all = new ArrayList<>(people);
        pushKey.ifPresent(key -> browsers.forEach(maker -> all.add(maker.apply(key))));
        return new NotifierRegistry(
                all, webhooks.stream().map(maker -> maker.apply(secrets)).toList());
    }
}
