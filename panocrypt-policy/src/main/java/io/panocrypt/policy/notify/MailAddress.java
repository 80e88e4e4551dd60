package io.panocrypt.policy.notify;

import java.net.URI;
import java.util.regex.Pattern;

/** A simple mailbox, {@code local@domain} in ASCII without quotes or comments (RFC 5321 section 4.1.2). */
record MailAddress(String local, String domain) {
    private static final String ATOM = "[A-Za-z0-9!#$&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern LOCAL = Pattern.compile("(?=.{1,64}$)" + ATOM + "(?:\\." + ATOM + ")*");
    private static final Pattern DOMAIN = Pattern.compile("(?=.{1,253}$)" + LABEL + "(?:\\." + LABEL + ")*");

    MailAddress {
        if (!LOCAL.matcher(local).matches() || !DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException("not a mail address");
        }
    }

    /** Whether it is a domain name in ASCII. */
    static boolean isDomain(String text) {
        return DOMAIN.matcher(text).matches();
    }

    static MailAddress parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("not a mail address");
        }
        return new MailAddress(text.substring(0, at), text.substring(at + 1));
    }

    /** The one address of a mailto URI without header fields (RFC 6068). */
    static MailAddress of(URI contact) {
        if (!"mailto".equalsIgnoreCase(contact.getScheme())
                || contact.getRawFragment() != null
                || contact.getRawSchemeSpecificPart().indexOf('?') >= 0) {
            throw new IllegalArgumentException("not a mailto URI of one address");
        }
        return parse(contact.getRawSchemeSpecificPart());
    }

    @Override
    public String toString() {
        return local + "@" + domain;
    }
}
