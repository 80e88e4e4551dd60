package io.panocrypt.policy.model;

import io.panocrypt.policy.internal.hash.Digest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** A contact as text: what of it may be shown, and to whom. */
public final class Contact {
    private static final int SHOWN_DIGITS = 16;

    private Contact() {}

    /**
     * Whether whoever has the contact can send there, so that it must not be shown: one with a fragment, such as a browser's
     * push subscription.
     */
    public static boolean isSecret(String contact) {
        return contact.indexOf('#') >= 0;
    }

    /**
     * A contact as it may stand in the audit and in answers: one that {@link #isSecret} is as its scheme, its host and what
     * tells it from others, which is no URI.
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
     * A contact as it may be shown to whom it does not belong: its scheme and its host. Whoever knows an ntfy topic reads
     * along, and whoever knows a webhook's path can send there.
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
