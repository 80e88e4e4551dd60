package io.panocrypt.console.internal.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the browser reached the console: whether nobody can listen on the way, and whether the browser's own address is https.
 *
 * <p>A proxy may end TLS in front of the container, which then sees plain http. Browsers send Sec-Fetch-Site only to https and
 * to their own machine, and Origin with each form, so the browser itself says how it got here.
 */
public final class Transport {
    /** The host's part of an address on this machine. */
    private static final Pattern LOOPBACK =
            Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?");

    private Transport() {}

    /** Whether a secret may be typed into the page. */
    public static boolean isPrivate(HttpServletRequest request) {
        return request.isSecure() || request.getHeader("Sec-Fetch-Site") != null || isLoopback(request);
    }

    private static boolean isLoopback(HttpServletRequest request) {
        String host = request.getHeader("Host");
        return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether the browser's address of this page is https. */
    public static boolean isHttps(HttpServletRequest request) {
        String origin = request.getHeader("Origin");
        return request.isSecure()
                || origin != null && origin.startsWith("https://")
                || request.getHeader("Sec-Fetch-Site") != null && !isLoopback(request);
    }

    /** Whether a form was sent by a page of this console's own site: the browser says so, or the addresses are equal. */
    public static boolean isSameOrigin(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        String origin = request.getHeader("Origin");
        if (site != null) {
            return site.equals("same-origin");
        }
        return origin != null && isOwn(origin, request.getHeader("Host"));
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        return host != null && (origin.equals("https://" + host) || origin.equals("http://" + host));
    }
}
