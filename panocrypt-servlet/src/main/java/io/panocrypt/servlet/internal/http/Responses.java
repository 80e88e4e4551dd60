package io.panocrypt.servlet.internal.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes complete responses with the headers that every response has; errors are RFC 9457 problem details. */
public final class Responses {
    /** The Retry-After of 503: 5 s, the interval at which a stock client asks. */
    public static final String RETRY_SECONDS = "5";

    private Responses() {}

    public static void setCommonHeaders(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Content-Type-Options", "nosniff");
    }

    /** Sends an error that reveals nothing but its status. */
    public static void send(HttpServletResponse response, int status) throws IOException {
        send(response, status, "{\"status\":" + status);
    }

    /** The answer for every path that is not served. */
    public static void notFound(HttpServletResponse response) throws IOException {
        send(response, 404);
    }

    /** Sends an error with a detail, which must be text of our own without quotes or backslashes. */
    public static void sendDetail(HttpServletResponse response, int status, String detail) throws IOException {
        send(response, status, "{\"detail\":\"" + detail + "\",\"status\":" + status);
    }

    private static void send(HttpServletResponse response, int status, String beginning) throws IOException {
        String body = beginning + ",\"title\":\"" + title(status) + "\",\"type\":\"about:blank\"}";
        write(response, status, "application/problem+json", body.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the request is GET or HEAD; sends 405 if it is not. */
    public static boolean isRead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String method = request.getMethod();
        if (method.equals("GET") || method.equals("HEAD")) {
            return true;
        }
        response.setHeader("Allow", "GET, HEAD");
        send(response, 405);
        return false;
    }

    /** Sends 204. */
    public static void done(HttpServletResponse response) {
        setCommonHeaders(response);
        response.setStatus(204);
    }

    public static void write(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        setCommonHeaders(response);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.getOutputStream().close();
    }

    /** The words of a status in RFC 9110 and its kin. */
    static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 423 -> "Locked";
            case 428 -> "Precondition Required";
            case 429 -> "Too Many Requests";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
