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
 * The receiver's half of a webhook's signature, as the Standard Webhooks convention has it.
 *
 * <p>For tests of receivers, and to be read by those who write one: it compares in constant time and refuses old
 * timestamps, so that a notice that somebody has recorded is worth nothing later. Immutable and thread-safe.
 */
public final class WebhookSignature {
    /** How far the sender's clock may be away. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";

    private final byte[] key;

    /**
     * For a webhook's secret.
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
     * Whether a request comes from whoever has the secret, and from now.
     *
     * @param id the webhook-id header
     * @param timestamp the webhook-timestamp header
     * @param signatures the webhook-signature header: one or several, with spaces between them
     * @param body the body, byte for byte as it came
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
