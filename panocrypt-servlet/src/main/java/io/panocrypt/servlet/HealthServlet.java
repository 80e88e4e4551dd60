package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells a supervisor how the service is: 200 and {@code ok}, or 503 and in {@code detail} what is missing.
 *
 * <p>Asks for no token and tells nothing else. Answers GET and HEAD. Thread-safe.
 */
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<Optional<String>> missing;

    private HealthServlet(Supplier<Optional<String>> missing) {
        this.missing = missing;
    }

    /** Whether the process is up, for {@code /healthz}: it always is when this answers. */
    public static HealthServlet alive() {
        return new HealthServlet(Optional::empty);
    }

    /** Whether the store answers and takes writes, for {@code /readyz}. */
    public static HealthServlet ready(Panocrypt panocrypt) {
        return new HealthServlet(panocrypt::missing);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            Problem.send(response, 405, "Method Not Allowed");
            return;
        }
        Optional<String> reason = missing.get();
        if (reason.isEmpty()) {
            Problem.write(response, 200, "text/plain", "ok".getBytes(StandardCharsets.US_ASCII));
        } else {
            response.setHeader("Retry-After", Problem.RETRY_SECONDS);
            Problem.send(response, 503, "Service Unavailable", reason.get());
        }
    }
}
