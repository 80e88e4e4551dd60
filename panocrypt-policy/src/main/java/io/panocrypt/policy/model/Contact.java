package io.panocrypt.policy.model;

import io.panocrypt.policy.internal.hash.Digest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** A contact as text: which part of it may be shown, and to whom. All methods are pure. */
public final class Contact {
    private static final int SHOWN_DIGITS = 16;

    private Contact() {}

    /**
     * Whether the contact itself allows sending to it and must not be shown: this is so for one with a fragment, such
     * as a browser's push subscription.
     */
    public static boolean isSecret(String contact) {
        return contact.indexOf('#') >= 0;
    }

    /**
     * A contact as audit and answers show it. One that {@link #isSecret} becomes its scheme, its host and a short
     * digest that distinguishes it; this is no URI.
     */
    public static String shown(String contact) {
        if (!isSecret(contact)) {
            return contact;
        }
        Optional<URI> uri = parse(contact);
        String scheme = uri.map(URI::getScheme).orElse("contact");
        String host = uri.map(URI::getHost).orElse("");
        return scheme + "://" + host + " (" + Digest.hex(contact).substring(0, SHOWN_DIGITS) + ")";
    }

    /**
     * A contact as shown to others than its owner: its scheme and its host. Anyone who knows an ntfy topic can read it,
     * and anyone who knows a webhook's path can send there.
     */
    public static String hostOnly(String contact) {
        if (isSecret(contact)) {
            return shown(contact);
        }
        Optional<URI> uri = parse(contact);
        String scheme = uri.map(URI::getScheme).orElse("contact");
        String host = uri.map(URI::getHost).orElse(null);
        if (host != null) {
            return scheme + "://" + host;
        }
        int at = scheme.equals("mailto") ? contact.lastIndexOf('@') : -1;
        return scheme + ":..." + (at < 0 ? "" : contact.substring(at));
    }

    /** The contact as an absolute URI; empty if it is none. */
    public static Optional<URI> parse(String contact) {
        try {
            return Optional.of(new URI(contact)).filter(URI::isAbsolute);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
