package io.panocrypt.servlet;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * A servlet that serves a path only as it is spelled on the wire, and answers 404 to every other spelling.
 *
 * <p>Containers disagree with each other, and with proxies, about {@code //}, {@code %2e}, {@code ..} and {@code ;x} in what
 * they decode. A proxy that keeps a path from strangers must not be passed by another spelling of it, so nothing decoded is
 * used.
 */
abstract class RawPathServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final boolean servesBelow;

    /** @param servesBelow whether there are paths behind the mount point; otherwise the mount point is the only one */
    RawPathServlet(boolean servesBelow) {
        this.servesBelow = servesBelow;
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String mount = mount(request);
        String target = request.getRequestURI();
        String path = target != null && target.startsWith(mount) ? target.substring(mount.length()) : null;
        if (path != null && (path.isEmpty() || servesBelow && path.startsWith("/"))) {
            serve(path, request, response);
        } else {
            Problem.notFound(response);
        }
    }

    /** Answers. The path is what follows the mount point in the raw target, without the query. */
    abstract void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException;

    private static String mount(HttpServletRequest request) {
        String pattern = request.getHttpServletMapping().getPattern();
        int end = pattern.endsWith("/*") ? pattern.length() - 2 : pattern.equals("/") ? 0 : pattern.length();
        return request.getContextPath() + pattern.substring(0, end);
    }
}
