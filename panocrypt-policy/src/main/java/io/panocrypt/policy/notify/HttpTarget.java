package io.panocrypt.policy.notify;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The target of an HTTP request, in parts that are safe to write into one.
 *
 * @param secure whether to use TLS
 * @param host a name or an address literal, lower-case, without brackets
 * @param port 1 to 65535
 * @param path the request target: path and query, in ASCII
 */
record HttpTarget(boolean secure, String host, int port, String path) {
    private static final Pattern HOST = Pattern.compile("[a-z0-9.-]{1,253}|[0-9a-f:.]{2,45}");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]*");

    HttpTarget {
        if (!HOST.matcher(host).matches()
                || port < 1
                || port > 65_535
                || !PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("not an HTTP target");
        }
    }

    /** The target of an http or https URI without user information and fragment; empty for any other. */
    static Optional<HttpTarget> of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return Optional.empty();
        }
        return of(scheme.equals("https"), uri);
    }

    /** The target of a URI of another scheme, with or without TLS. */
    static Optional<HttpTarget> of(boolean secure, URI uri) {
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            return Optional.empty();
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        try {
            return Optional.of(new HttpTarget(secure, bare, port, path + query));
        } catch (IllegalArgumentException notSendable) {
            return Optional.empty();
        }
    }

    HttpTarget withPath(String other) {
        return new HttpTarget(secure, host, port, other);
    }

    /** Host and port as in a Host header; without the scheme's default port. */
    String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == (secure ? 443 : 80) ? name : name + ":" + port;
    }

    /** Shows neither path nor query: they may be a contact's only protection. */
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + authority();
    }
}
