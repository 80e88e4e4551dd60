package io.panocrypt.servlet.internal.http;

import io.panocrypt.policy.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the hops in a forwarding header, left to right; a hop without an address is an empty one. */
public final class ForwardedHops {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** One class with its escapes: an alternative per character would recurse once for each character of the header. */
    private static final String QUOTED = "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"";
    /** RFC 7239 section 4: one pair and its terminator; white space only around the separators. */
    private static final Pattern PAIR =
            Pattern.compile("[ \\t]*(" + TOKEN + ")=(" + TOKEN + "|" + QUOTED + ")[ \\t]*(;|,|\\z)");
    /** RFC 7239 section 6: an address, or an identifier that hides it, and perhaps a port. */
    private static final Pattern NODE = Pattern.compile(
            "(?:\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)]|([0-9.]+)|(unknown|_[A-Za-z0-9._-]+))(?::(?:\\d{1,5}|_[\\w.-]+))?");

    private ForwardedHops() {}

    /** The {@code for} of each element of a Forwarded header; empty when the header is malformed. */
    public static Optional<List<Optional<IpAddress>>> parseForwarded(String value) {
        List<Optional<IpAddress>> hops = new ArrayList<>();
        Matcher pair = PAIR.matcher(value);
        String node = null;
        int at = 0;
        while (true) {
            if (!pair.region(at, value.length()).lookingAt()) {
                return Optional.empty();
            }
            if (pair.group(1).toLowerCase(Locale.ROOT).equals("for")) {
                if (node != null) {
                    return Optional.empty();
                }
                node = unquoted(pair.group(2));
            }
            at = pair.end();
            if (!pair.group(3).equals(";")) {
                if (node == null) {
                    return Optional.empty();
                }
                Optional<Optional<IpAddress>> hop = node(node);
                if (hop.isEmpty()) {
                    return Optional.empty();
                }
                hops.add(hop.get());
                node = null;
            }
            if (pair.group(3).isEmpty()) {
                return Optional.of(hops);
            }
        }
    }

    /** The addresses of an X-Forwarded-For header; empty when one of them is malformed. */
    public static Optional<List<Optional<IpAddress>>> parseList(String value) {
        List<Optional<IpAddress>> hops = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            String text = part.strip();
            // This header may write IPv6 addresses without brackets.
            Optional<Optional<IpAddress>> hop = address(text).map(Optional::of);
            if (hop.isEmpty()) {
                hop = node(text);
            }
            if (hop.isEmpty()) {
                return Optional.empty();
            }
            hops.add(hop.get());
        }
        return Optional.of(hops);
    }

    private static Optional<Optional<IpAddress>> node(String text) {
        Matcher node = NODE.matcher(text);
        if (!node.matches()) {
            return Optional.empty();
        }
        if (node.group(3) != null) {
            return Optional.of(Optional.empty());
        }
        return address(node.group(1) != null ? node.group(1) : node.group(2)).map(Optional::of);
    }

    private static Optional<IpAddress> address(String literal) {
        try {
            return Optional.of(IpAddress.parse(literal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String unquoted(String value) {
        return value.startsWith("\"") ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }
}
