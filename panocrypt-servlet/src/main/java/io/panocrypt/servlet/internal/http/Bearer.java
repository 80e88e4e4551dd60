package io.panocrypt.servlet.internal.http;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Member;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the bearer token of a request. */
public final class Bearer {
    /** RFC 6750 section 2.1; the scheme's case does not matter (RFC 9110 section 11.1). */
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/-]{1,256}=*)");

    private Bearer() {}

    /** The member whose token the request carries. */
    public static Optional<Member> member(HttpServletRequest request, Panocrypt panocrypt) {
        return of(request).flatMap(panocrypt.members()::authenticate);
    }

    /** Why the request has no member: it carries no token, or an unknown one. */
    public static String problem(HttpServletRequest request) {
        return of(request).isPresent()
                ? "no member has this token: it is wrong, replaced or expired"
                : "a member's bearer token is needed";
    }

    /** The token; empty unless the request has exactly one Authorization header, and that is well formed. */
    public static Optional<String> of(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders("Authorization"));
        if (values.size() != 1) {
            return Optional.empty();
        }
        Matcher bearer = BEARER.matcher(values.get(0));
        return bearer.matches() ? Optional.of(bearer.group(1)) : Optional.empty();
    }
}
