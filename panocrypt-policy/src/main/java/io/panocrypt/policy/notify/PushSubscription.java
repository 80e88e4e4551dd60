package io.panocrypt.policy.notify;

import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.InvalidPointException;
import java.net.URI;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A browser's push subscription (RFC 8030, RFC 8291): an endpoint, and keys for messages that only this browser can
 * read.
 *
 * <p>As a contact it is {@code webpush://HOST[:PORT]/PATH[?QUERY]#P256DH.AUTH}: the endpoint with another scheme, and
 * both keys in base64url. Anyone who has it can push to that browser, so treat it as a secret; {@code toString} shows
 * only the push service. No instance has a point off the curve, or keys of another length. Immutable and thread-safe.
 */
public final class PushSubscription {
    /** The scheme of contacts that are push subscriptions. */
    public static final String SCHEME = "webpush";

    private static final int POINT = 65;
    private static final int AUTH = 16;
    private static final Pattern BASE64URL = Pattern.compile("[0-9A-Za-z_-]+");

    private final HttpTarget endpoint;
    private final byte[] p256dh;
    private final byte[] auth;

    private PushSubscription(HttpTarget endpoint, byte[] p256dh, byte[] auth) {
        this.endpoint = endpoint;
        this.p256dh = p256dh;
        this.auth = auth;
    }

    /**
     * Creates a subscription from the parts of a browser's {@code PushSubscription.toJSON()}.
     *
     * @param endpoint an https URL
     * @param p256dh an uncompressed point of P-256, 65 bytes, base64url without padding
     * @param auth 16 bytes, base64url without padding
     * @throws IllegalArgumentException if one is anything else; the message quotes none
     */
    public static PushSubscription of(URI endpoint, String p256dh, String auth) {
        if (!"https".equalsIgnoreCase(endpoint.getScheme())) {
            throw new IllegalArgumentException("a push endpoint must be an https URL");
        }
        return of(target(endpoint), p256dh, auth);
    }

    /**
     * Reads a subscription from a contact.
     *
     * @throws IllegalArgumentException if it is none; the message does not quote it
     */
    public static PushSubscription parse(URI contact) {
        if (!SCHEME.equalsIgnoreCase(contact.getScheme())) {
            throw new IllegalArgumentException("not a webpush contact");
        }
        String[] keys = String.valueOf(contact.getRawFragment()).split("\\.", -1);
        if (keys.length != 2) {
            throw new IllegalArgumentException("a webpush contact must end in #P256DH.AUTH");
        }
        String whole = contact.toString();
        return of(target(URI.create(whole.substring(0, whole.indexOf('#')))), keys[0], keys[1]);
    }

    private static HttpTarget target(URI uri) {
        return HttpTarget.of(true, uri)
                .orElseThrow(() ->
                        new IllegalArgumentException("a push endpoint must have a host, and no user and no fragment"));
    }

    private static PushSubscription of(HttpTarget endpoint, String p256dh, String auth) {
        byte[] point = decode(p256dh, POINT);
        if (point[0] != 4) {
            throw new IllegalArgumentException("p256dh is not an uncompressed point");
        }
        try {
            EcPoint.of(Curve.P_256, Arrays.copyOfRange(point, 1, 33), Arrays.copyOfRange(point, 33, POINT));
        } catch (InvalidPointException e) {
            throw new IllegalArgumentException("p256dh is not a point of P-256");
        }
        return new PushSubscription(endpoint, point, decode(auth, AUTH));
    }

    private static byte[] decode(String text, int length) {
        if (text.length() != (length * 4 + 2) / 3 || !BASE64URL.matcher(text).matches()) {
            throw new IllegalArgumentException("not " + length + " bytes in base64url");
        }
        return Base64.getUrlDecoder().decode(text);
    }

    /** The subscription as a contact, in the form that {@link #parse} reads. */
    public URI toContact() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return URI.create(SCHEME + "://" + endpoint.authority() + endpoint.path() + "#" + base64.encodeToString(p256dh)
                + "." + base64.encodeToString(auth));
    }

    HttpTarget endpoint() {
        return endpoint;
    }

    /** An uncompressed point of P-256; a copy. */
    byte[] p256dh() {
        return p256dh.clone();
    }

    /** 16 bytes; a copy. */
    byte[] auth() {
        return auth.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PushSubscription that
                && endpoint.equals(that.endpoint)
                && Arrays.equals(p256dh, that.p256dh)
                && Arrays.equals(auth, that.auth);
    }

    @Override
    public int hashCode() {
        return endpoint.hashCode();
    }

    /** Shows only the push service. */
    @Override
    public String toString() {
        return "PushSubscription[" + endpoint.host() + "]";
    }
}
