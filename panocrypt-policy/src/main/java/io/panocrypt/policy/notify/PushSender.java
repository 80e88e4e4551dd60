package io.panocrypt.policy.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.tang.JwsSigner;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * This service's identity at push services (RFC 8292): a public key, and signatures by the private key that are valid
 * at one push service for some hours. Immutable and thread-safe.
 */
final class PushSender {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER = base64("{\"typ\":\"JWT\",\"alg\":\"ES256\"}".getBytes(StandardCharsets.UTF_8));

    private final JwsSigner signer;
    private final URI subject;

    /** @throws IllegalArgumentException if the key is on another curve, or the subject neither mailto: nor https: */
    PushSender(JwsSigner signer, URI subject) {
        if (signer.key().point().curve() != Curve.P_256) {
            throw new IllegalArgumentException("a sender's key for web push must be on P-256");
        }
        if (!"mailto".equalsIgnoreCase(subject.getScheme()) && !"https".equalsIgnoreCase(subject.getScheme())) {
            throw new IllegalArgumentException("the subject must be a mailto: or https: URI");
        }
        this.signer = signer;
        this.subject = subject;
    }

    /** The public key, uncompressed, base64url without padding. */
    String applicationServerKey() {
        return base64(signer.key().point().uncompressed());
    }

    /** The Authorization header for a push service. */
    String authorization(HttpTarget endpoint, Instant expires) {
        ObjectNode claims = NoticeJson.object()
                .put("aud", "https://" + endpoint.authority())
                .put("exp", expires.getEpochSecond())
                .put("sub", subject.toString());
        String input = HEADER + "." + base64(NoticeJson.bytes(claims));
        String signature = base64(signer.sign(input.getBytes(StandardCharsets.US_ASCII)));
        return "vapid t=" + input + "." + signature + ", k=" + applicationServerKey();
    }

    private static String base64(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }
}
