package io.panocrypt.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** The request target as the client wrote it, behind the servlet's mount point. */
final class RawPath {
    private RawPath() {}

    /**
     * The rest of the raw target; containers disagree about {@code //}, {@code %2F} and {@code ..} in everything that they
     * decode, so nothing decoded is used.
     *
     * @return empty if the raw target does not begin with the mount point, or has a query
     */
    static Optional<String> of(HttpServletRequest request) {
        return request.getQueryString() == null ? withoutQuery(request) : Optional.empty();
    }

    /** The same, where a query may follow; it is left out. */
    static Optional<String> withoutQuery(HttpServletRequest request) {
        String pattern = request.getHttpServletMapping().getPattern();
        String mount =
                request.getContextPath() + (pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : "");
        String target = request.getRequestURI();
        return target != null && target.startsWith(mount)
                ? Optional.of(target.substring(mount.length()))
                : Optional.empty();
    }
}
