package io.panocrypt.console.internal.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The console's cookies: HttpOnly and SameSite=Lax, with no lifetime of their own.
 *
 * <p>On https a cookie is Secure and has the prefix {@code __Host-}, so neither another host nor plain http can set it. Browsers
 * keep such a cookie from no plain http, so on this machine's own address it has a plain name and the console's path.
 */
public final class Cookies {
    /** The cookie with the token of the session. */
    public static final String SESSION = "panocrypt";

    /** The cookie that binds forms to a browser without a session. */
    public static final String FORM = "panocrypt-form";

    private static final String HOST = "__Host-";
    private static final Pattern VALUE = Pattern.compile("[a-z2-7]{26,64}");

    private Cookies() {}

    /** The cookie's value; empty if it is missing or has another form. */
    public static Optional<String> get(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        if (cookies == null) {
            return Optional.empty();
        }
        String wanted = Transport.isHttps(request) ? HOST + name : name;
        return Stream.of(cookies)
                .filter(cookie -> cookie.getName().equals(wanted))
                .map(Cookie::getValue)
                .filter(value -> VALUE.matcher(value).matches())
                .findFirst();
    }

    public static void set(HttpServletRequest request, HttpServletResponse response, String name, String value) {
        write(request, response, name, value, "");
    }

    public static void clear(HttpServletRequest request, HttpServletResponse response, String name) {
        write(request, response, name, "", "; Max-Age=0");
    }

    private static void write(
            HttpServletRequest request, HttpServletResponse response, String name, String value, String more) {
        boolean https = Transport.isHttps(request);
        String path = https ? "/" : mount(request) + "/";
        response.addHeader(
                "Set-Cookie",
                (https ? HOST : "") + name + "=" + value + "; Path=" + path + (https ? "; Secure" : "")
                        + "; HttpOnly; SameSite=Lax" + more);
    }

    private static String mount(HttpServletRequest request) {
        return request.getContextPath() + request.getServletPath();
    }
}
