package io.panocrypt.policy.notify;

import java.net.URI;
import java.util.List;

/** Where the secrets of webhooks are kept, apart from their contacts; implementations are thread-safe. */
@FunctionalInterface
public interface WebhookSecrets {
    /**
     * The secrets that notices to a webhook are signed with: one, or both while the old one is being replaced.
     *
     * @param contact the webhook's URI, as handed to {@link WebhookNotifier#deliver}
     * @return empty if there is no such webhook any more: nothing is sent then
     */
    List<WebhookSecret> find(URI contact);
}
