package io.panocrypt.policy.model.passkey;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * For whom passkeys are made, as in the WebAuthn specification. Both values are fixed by configuration: a Host header never
 * decides them. All nodes on a store must have the same.
 *
 * @param id a DNS name in lower case, such as {@code example.org}; browsers make no passkeys for an IP address. It must stay
 *     the same, or all passkeys are lost
 * @param origins where pages that use passkeys are served from, such as {@code https://unlock.example.org}: https, or http
 *     for {@code localhost}; the host is the id or below it; without a path, and without the default port
 */
public record RelyingParty(String id, List<String> origins) {
    private static final Pattern NAME = Pattern.compile("(?=.*[a-z])[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63}){0,9}");

    public RelyingParty {
        origins = List.copyOf(origins);
    }

    /** What is wrong with it; empty if it can be used. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!NAME.matcher(id).matches()) {
            problems.add("relyingParty: the id must be a DNS name in lower case");
        }
        if (origins.isEmpty()) {
            problems.add("relyingParty: one origin at least");
        }
        origins.stream()
                .filter(origin -> !isOrigin(origin))
                .forEach(origin -> problems.add("relyingParty: the origin " + origin
                        + " must be https (or http on localhost), on the id or below it, and have no path"));
        return problems;
    }

    private boolean isOrigin(String origin) {
        URI url;
        try {
            url = URI.create(origin);
        } catch (IllegalArgumentException e) {
            return false;
        }
        String host = url.getHost();
        return host != null
                && (host.equals(id) || host.endsWith("." + id))
                && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()) && host.equals("localhost"))
                && origin.equals(url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort()))
                && url.getPort() != ("https".equals(url.getScheme()) ? 443 : 80);
    }
}
