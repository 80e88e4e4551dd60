package io.panocrypt.policy.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key shared by a webhook's sender and receiver, 24 to 64 bytes (Standard Webhooks).
 *
 * <p>Immutable and thread-safe; {@code toString} shows nothing of it.
 */
final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final int MIN = 24;
    private static final int MAX = 64;

    private final byte[] key;

    private WebhookSecret(byte[] key) {
        if (key.length < MIN || key.length > MAX) {
            throw new IllegalArgumentException("a webhook secret has " + MIN + " to " + MAX + " bytes");
        }
        this.key = key;
    }

    /**
     * Reads {@code whsec_} and base64.
     *
     * @throws IllegalArgumentException if the text is anything else, or the key has another length; the message does not
     *     quote it
     */
    static WebhookSecret parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a webhook secret must begin with " + PREFIX);
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            // The decoder's message would reveal a character of the secret.
            throw new IllegalArgumentException("a webhook secret must be base64 after " + PREFIX);
        }
        return new WebhookSecret(key);
    }

    /**
     * Signs one attempt: {@code v1,} and the base64 of HMAC-SHA256 over {@code id.timestamp.body}.
     *
     * @param id the webhook-id header
     * @param timestamp the webhook-timestamp header, in seconds
     * @param body the bytes to send
     */
    String sign(String id, Instant timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HMAC-SHA256", e);
        }
    }

    /** Reveals nothing. */
    @Override
    public String toString() {
        return "WebhookSecret";
    }
}
