package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells a supervisor how the service is: 200 and {@code ok}, or 503 and in {@code detail} what is missing.
 *
 * <p>Asks for no token and tells nothing else. Answers GET and HEAD. Thread-safe.
 */
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<Optional<String>> missing;
    private final transient Supplier<List<String>> warnings;

    private HealthServlet(Supplier<Optional<String>> missing, Supplier<List<String>> warnings) {
        this.missing = missing;
        this.warnings = warnings;
    }

    /** Whether the process is up, for {@code /healthz}: it always is when this answers. */
    public static HealthServlet alive() {
        return new HealthServlet(Optional::empty, List::of);
    }

    /** Whether the store answers and takes writes, for {@code /readyz}. */
    public static HealthServlet ready(Panocrypt panocrypt) {
        return new HealthServlet(panocrypt::missing, List::of);
    }

    /**
     * Whether something else is ready, for {@code /readyz}.
     *
     * @param unreadyReason empty when it is ready; else why not, in words without quotes or backslashes
     * @param warnings what does not prevent that; each is a line of the answer below {@code ok}
     */
    public static HealthServlet ready(Supplier<Optional<String>> unreadyReason, Supplier<List<String>> warnings) {
        return new HealthServlet(unreadyReason, warnings);
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
            String lines =
                    Stream.concat(Stream.of("ok"), warnings.get().stream()).collect(Collectors.joining("\n"));
            Problem.write(response, 200, "text/plain", lines.getBytes(StandardCharsets.UTF_8));
        } else {
            response.setHeader("Retry-After", Problem.RETRY_SECONDS);
            Problem.send(response, 503, "Service Unavailable", reason.get());
        }
    }
}
