package io.panocrypt.servlet.internal.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers in one piece, with the headers that every answer carries; errors as RFC 9457 problem details. */
public final class Responses {
    /** What a caller is told to wait when the service cannot answer: 5 s, as often as a stock client asks. */
    public static final String RETRY_SECONDS = "5";

    private Responses() {}

    public static void setCommonHeaders(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Content-Type-Options", "nosniff");
    }

    /** An error that tells an outsider nothing but its status. */
    public static void send(HttpServletResponse response, int status, String title) throws IOException {
        String body = "{\"status\":" + status + ",\"title\":\"" + title + "\",\"type\":\"about:blank\"}";
        write(response, status, "application/problem+json", body.getBytes(StandardCharsets.UTF_8));
    }

    /** What every path that nobody serves is answered. */
    public static void notFound(HttpServletResponse response) throws IOException {
        send(response, 404, "Not Found");
    }

    /** An error with a detail, which must be plain words of our own. */
    public static void send(HttpServletResponse response, int status, String title, String detail) throws IOException {
        String body = "{\"detail\":\"" + detail + "\",\"status\":" + status + ",\"title\":\"" + title
                + "\",\"type\":\"about:blank\"}";
        write(response, status, "application/problem+json", body.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the request only reads; sends 405 where it does not. */
    public static boolean isRead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String method = request.getMethod();
        if (method.equals("GET") || method.equals("HEAD")) {
            return true;
        }
        response.setHeader("Allow", "GET, HEAD");
        send(response, 405, "Method Not Allowed");
        return false;
    }

    public static void write(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        setCommonHeaders(response);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.getOutputStream().close();
    }
}
