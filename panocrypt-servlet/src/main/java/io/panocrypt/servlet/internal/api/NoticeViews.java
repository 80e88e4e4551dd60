package io.panocrypt.servlet.internal.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.Contact;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.model.delivery.DeadLetter;
import io.panocrypt.policy.model.delivery.DeadNotices;
import io.panocrypt.policy.model.delivery.FailingContact;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.servlet.internal.http.ApiJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/** Writes webhooks, deliveries and push subscriptions as JSON. */
final class NoticeViews {
    private static final int ID_BYTES = 16;

    private NoticeViews() {}

    /**
     * @param closed whether the receiver said that the webhook no longer exists
     * @param dead its notices that could not be delivered
     * @param reader who reads it: only administrators see the whole URL and causes, others the URL's host
     */
    static ObjectNode webhook(Webhook webhook, boolean closed, DeadNotices dead, Member reader) {
        String url = webhook.url().toString();
        ObjectNode view = ApiJson.object()
                .put("id", webhook.id())
                .put("url", reader.role() == Role.ADMIN ? url : Contact.hostOnly(url));
        view.set("events", ApiViews.texts(webhook.events()));
        view.put("closed", closed)
                .putObject("dead")
                .put("count", dead.count())
                .put(
                        "cause",
                        dead.cause()
                                .filter(cause -> reader.role() == Role.ADMIN)
                                .orElse(null))
                .put("died", dead.died().map(Instant::toString).orElse(null));
        return view.put("created", webhook.created().toString()).put("version", webhook.version());
    }

    static ObjectNode delivery(Delivery delivery) {
        ObjectNode view = ApiJson.object();
        if (delivery instanceof Delivery.Later later) {
            return view.put("result", "later").put("cause", later.cause());
        } else if (delivery instanceof Delivery.Refused refused) {
            return view.put("result", "refused").put("cause", refused.cause());
        } else if (delivery instanceof Delivery.Gone gone) {
            return view.put("result", "gone").put("cause", gone.cause());
        } else if (delivery instanceof Delivery.Done) {
            return view.put("result", "delivered");
        }
        throw new IllegalStateException("unknown kind of delivery");
    }

    /** Shows only the endpoint's host: anyone who has the whole subscription can push to it. */
    static ObjectNode subscription(String contact) {
        return ApiJson.object()
                .put("id", subscriptionId(contact))
                .put("host", URI.create(contact).getHost());
    }

    /** Identifies a subscription without revealing it. */
    static String subscriptionId(String contact) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(contact.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static ObjectNode outbox(OutboxStatus status) {
        return ApiJson.object()
                .put("waiting", status.waiting())
                .put("oldest", status.oldest().map(Instant::toString).orElse(null))
                .put(
                        "lagSeconds",
                        status.oldest()
                                .map(oldest -> Math.max(
                                        0,
                                        Duration.between(oldest, status.now()).toSeconds()))
                                .orElse(0L))
                .put("dead", status.dead());
    }

    static ObjectNode deadLetter(DeadLetter letter) {
        return ApiJson.object()
                .put("id", letter.id())
                .put("event", letter.event().orElse(null))
                .put("deviceId", letter.deviceId().orElse(null))
                .put("recipient", letter.recipient().orElse(null))
                .put("contact", letter.contact().orElse(null))
                .put("attempts", letter.attempts())
                .put("cause", letter.cause())
                .put("created", letter.created().toString())
                .put("died", letter.died().toString());
    }

    static ObjectNode failing(FailingContact failing) {
        return ApiJson.object()
                .put("contact", failing.contact())
                .put("cause", failing.cause())
                .put("since", failing.since().toString());
    }

    static ObjectNode closed(ClosedContact closed) {
        return ApiJson.object()
                .put("id", closed.id())
                .put("contact", closed.contact())
                .put("cause", closed.cause())
                .put("since", closed.since().toString());
    }
}
