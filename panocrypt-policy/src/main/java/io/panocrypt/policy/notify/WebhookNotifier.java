package io.panocrypt.policy.notify;

import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Posts notices as signed JSON to contacts that are {@code https} URIs, by the Standard Webhooks convention.
 *
 * <p>{@code webhook-id} is the same at each attempt, {@code webhook-timestamp} is the attempt's. 410 means that the
 * contact is gone; 400, 406, 411, 413 to 415, 422, 431 and permanent redirects refuse this notice; any other status
 * except 2xx, silence and broken connections mean later. {@code http} works only for addresses that the {@link
 * TargetPolicy} allows explicitly. Immutable and thread-safe. docs/notices.md has the format.
 */
public final class WebhookNotifier implements Notifier {
    private static final String MALFORMED = "not an http or https URI with a host, and without user and fragment";

    private final HttpDelivery delivery;
    private final ContactSecrets secrets;
    private final InstantSource clock;

    /**
     * A notifier for webhooks.
     *
     * @param http sends the requests
     * @param secrets asked at each delivery; its exceptions are passed on
     * @param clock for timestamps
     */
    public WebhookNotifier(OutboundHttp http, ContactSecrets secrets, InstantSource clock) {
        this.delivery = new HttpDelivery(http, clock, Set.of(410));
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public Set<String> schemes() {
        return Set.of("https", "http");
    }

    @Override
    public Optional<String> problem(URI contact) {
        return HttpTarget.of(contact).map(delivery::problem).orElse(Optional.of(MALFORMED));
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        Optional<HttpTarget> target = HttpTarget.of(contact);
        if (target.isEmpty()) {
            return new Delivery.Refused(MALFORMED);
        }
        List<WebhookSecret> known =
                secrets.find(contact).stream().map(WebhookSecret::parse).toList();
        if (known.isEmpty()) {
            return new Delivery.Gone("this webhook no longer exists");
        }
        return delivery.send(signed(notice, target.get(), known));
    }

    private HttpPost signed(Notice notice, HttpTarget target, List<WebhookSecret> known) {
        String id = new NoticeText(notice).id();
        Instant now = clock.instant();
        byte[] body = NoticeJson.bytes(NoticeJson.event(notice));
        String signatures =
                known.stream().map(secret -> secret.sign(id, now, body)).collect(Collectors.joining(" "));
        return new HttpPost(
                target,
                Map.of(
                        "Content-Type",
                        "application/json",
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        Long.toString(now.getEpochSecond()),
                        "webhook-signature",
                        signatures),
                body);
    }
}
