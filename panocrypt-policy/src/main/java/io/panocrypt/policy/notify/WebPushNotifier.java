package io.panocrypt.policy.notify;

import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Pushes notices to browsers (RFC 8030), encrypted for one browser each (RFC 8291), for contacts that are {@link
 * PushSubscription}s.
 *
 * <p>The push service learns that there is a message, how urgent it is and its approximate length, but not its content.
 * The topic is made from the notice's id, so a repeated notice replaces the one that waits. 404 and 410 mean that the
 * subscription is gone; other statuses have the same meaning as for {@link WebhookNotifier}. Needs {@code
 * com.zerodeplibs:zerodep-web-push-java} at run time. Immutable and thread-safe.
 */
public final class WebPushNotifier implements Notifier {
    /** Default time that a push service keeps a message for an absent browser: 1 hour. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofHours(1);

    /** RFC 8292 section 2 allows 24 hours; a push service's clock may differ. */
    private static final Duration AUTHORIZATION = Duration.ofHours(12);

    private final HttpDelivery delivery;
    private final PushSealer sealer;
    private final PushSender sender;
    private final Duration timeToLive;
    private final InstantSource clock;

    /**
     * Creates a notifier for browsers, with {@link #DEFAULT_TIME_TO_LIVE}.
     *
     * @param http sends the requests
     * @param key on P-256, by which push services identify this sender (RFC 8292); subscriptions are bound to it, so it
     *     must not change. A service provides its own: {@link io.panocrypt.policy.Panocrypt.Builder#pushNotifier}
     * @param subject where a push service can reach the operators: a {@code mailto:} or {@code https:} URI
     * @param clock for expiry of the sender's signature
     * @throws IllegalArgumentException if key or subject are of another kind
     * @throws IllegalStateException if the library is missing
     */
    public WebPushNotifier(OutboundHttp http, JwsSigner key, URI subject, InstantSource clock) {
        this(http, key, subject, DEFAULT_TIME_TO_LIVE, clock);
    }

    /**
     * Creates a notifier with another time to live, zero or more.
     *
     * @see #WebPushNotifier(OutboundHttp, JwsSigner, URI, InstantSource)
     */
    public WebPushNotifier(OutboundHttp http, JwsSigner key, URI subject, Duration timeToLive, InstantSource clock) {
        this.sender = new PushSender(key, subject);
        if (timeToLive.isNegative()) {
            throw new IllegalArgumentException("the time to live is negative");
        }
        this.delivery = new HttpDelivery(http, clock, Set.of(404, 410));
        this.sealer = sealer();
        this.timeToLive = timeToLive;
        this.clock = clock;
    }

    private static PushSealer sealer() {
        try {
            return new PushSealer();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("web push needs com.zerodeplibs:zerodep-web-push-java", e);
        }
    }

    /** The key that a browser needs to subscribe: the sender's public key, uncompressed, base64url without padding. */
    public String applicationServerKey() {
        return sender.applicationServerKey();
    }

    @Override
    public Set<String> schemes() {
        return Set.of(PushSubscription.SCHEME);
    }

    @Override
    public Optional<String> problem(URI contact) {
        try {
            return delivery.problem(PushSubscription.parse(contact).endpoint());
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Delivery deliver(Notice notice, URI contact) {
        PushSubscription subscription;
        try {
            subscription = PushSubscription.parse(contact);
        } catch (IllegalArgumentException e) {
            return new Delivery.Refused(String.valueOf(e.getMessage()));
        }
        NoticeText text = new NoticeText(notice);
        HttpTarget endpoint = subscription.endpoint();
        return delivery.send(new HttpPost(
                endpoint,
                Map.of(
                        "Authorization",
                        sender.authorization(endpoint, clock.instant().plus(AUTHORIZATION)),
                        "Content-Type",
                        "application/octet-stream",
                        "Content-Encoding",
                        "aes128gcm",
                        "TTL",
                        Long.toString(timeToLive.toSeconds()),
                        "Urgency",
                        text.isUrgent() ? "high" : "normal",
                        "Topic",
                        text.shortId()),
                sealer.encrypt(subscription, PushPayload.of(notice))));
    }
}
