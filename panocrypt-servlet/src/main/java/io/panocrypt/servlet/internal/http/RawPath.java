package io.panocrypt.servlet.internal.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Serves a path only in its exact spelling on the wire, and answers 404 to every other spelling.
 *
 * <p>Containers and proxies decode {@code //}, {@code %2e}, {@code ..} and {@code ;x} differently. Otherwise
 * another spelling of a path could bypass a proxy that blocks it. This class therefore uses only the raw target.
 */
public final class RawPath {
    private RawPath() {}

    /** Serves the requests below a mount point. */
    @FunctionalInterface
    public interface Service {
        /** @param path the raw target after the mount point, without the query */
        void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    /** Serves the mount point and all paths below it. */
    public static void serveBelow(HttpServletRequest request, HttpServletResponse response, Service service)
            throws IOException {
        serve(request, response, true, service);
    }

    /** Serves the mount point itself and nothing below it. */
    public static void serveOnly(HttpServletRequest request, HttpServletResponse response, Service service)
            throws IOException {
        serve(request, response, false, service);
    }

    private static void serve(
            HttpServletRequest request, HttpServletResponse response, boolean servesBelow, Service service)
            throws IOException {
        String mount = mount(request);
        String target = request.getRequestURI();
        String path = target != null && target.startsWith(mount) ? target.substring(mount.length()) : null;
        if (path != null && (path.isEmpty() || servesBelow && path.startsWith("/"))) {
            service.serve(path, request, response);
        } else {
            Responses.notFound(response);
        }
    }

    private static String mount(HttpServletRequest request) {
        return request.getContextPath() + mount(request.getHttpServletMapping().getPattern());
    }

    /** The path in the context under which a pattern mounts a servlet: empty for the root. */
    public static String mount(String pattern) {
        int end = pattern.endsWith("/*") ? pattern.length() - 2 : pattern.equals("/") ? 0 : pattern.length();
        return pattern.substring(0, end);
    }
}
