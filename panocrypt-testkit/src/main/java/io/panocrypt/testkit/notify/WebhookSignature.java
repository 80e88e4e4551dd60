package io.panocrypt.testkit.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies webhook signatures on the receiver's side, according to the Standard Webhooks convention.
 *
 * <p>For tests of receivers, and an example for authors of receivers: it compares in constant time, and refuses old
 * timestamps to prevent replays. Immutable and thread-safe.
 */
public final class WebhookSignature {
    /** The maximum difference between the sender's clock and the receiver's: five minutes. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";

    private final byte[] key;

    /**
     * Creates a verifier for a webhook's secret.
     *
     * @param secret {@code whsec_} and base64
     */
    public WebhookSignature(String secret) {
        if (!secret.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a webhook secret begins with " + PREFIX);
        }
        this.key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
    }

    /**
     * Whether a request was signed with the secret and is recent, within {@link #TOLERANCE}.
     *
     * @param id the webhook-id header
     * @param timestamp the webhook-timestamp header
     * @param signatures the webhook-signature header: one or more signatures separated by spaces
     * @param body the unchanged bytes of the body
     * @param now the receiver's time
     */
    public boolean isGood(String id, String timestamp, String signatures, byte[] body, Instant now) {
        if (!timestamp.matches("\\d{1,12}")) {
            return false;
        }
        Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
        if (Duration.between(sent, now).abs().compareTo(TOLERANCE) > 0) {
            return false;
        }
        byte[] expected = sign(id + "." + timestamp + ".", body).getBytes(StandardCharsets.US_ASCII);
        return Stream.of(signatures.split(" "))
                .filter(signature -> signature.startsWith(VERSION))
                .map(signature -> signature.substring(VERSION.length()).getBytes(StandardCharsets.US_ASCII))
                .anyMatch(signature -> MessageDigest.isEqual(expected, signature));
    }

    private String sign(String prefix, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(prefix.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HMAC-SHA256", e);
        }
    }
}
