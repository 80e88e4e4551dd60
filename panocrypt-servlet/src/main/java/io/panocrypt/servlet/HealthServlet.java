package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
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
 * Reports the state of the service to a supervisor: 200 and {@code ok}, or 503 with {@code Retry-After}.
 *
 * <p>Needs no token. Answers GET and HEAD, whatever the query. Thread-safe.
 */
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<Optional<String>> unreadyReason;
    private final boolean givesReason;
    private final transient Supplier<List<String>> warnings;

    private HealthServlet(
            Supplier<Optional<String>> unreadyReason, boolean givesReason, Supplier<List<String>> warnings) {
        this.unreadyReason = unreadyReason;
        this.givesReason = givesReason;
        this.warnings = warnings;
    }

    /** Whether the process is up, for {@code /healthz}: every answer is 200. */
    public static HealthServlet alive() {
        return new HealthServlet(Optional::empty, false, List::of);
    }

    /**
     * Whether the store answers and accepts writes, for a {@code /readyz} that strangers can reach: it gives no reason.
     */
    public static HealthServlet ready(Panocrypt panocrypt) {
        return new HealthServlet(panocrypt::unreadyReason, false, List::of);
    }

    /**
     * Like {@link #ready(Panocrypt)}, for a path that only operators can reach: the reason is in the problem's {@code
     * detail}, and each of {@link Panocrypt#warnings} is a line below {@code ok}.
     */
    public static HealthServlet readyWithReason(Panocrypt panocrypt) {
        return new HealthServlet(panocrypt::unreadyReason, true, panocrypt::warnings);
    }

    /**
     * Whether something else is ready, for {@code /readyz}; the reason is in the problem's {@code detail}.
     *
     * @param unreadyReason empty when it is ready; otherwise the reason, without quotes or backslashes
     * @param warnings problems that do not make it unready; each is a line of the answer below {@code ok}
     */
    public static HealthServlet ready(Supplier<Optional<String>> unreadyReason, Supplier<List<String>> warnings) {
        return new HealthServlet(unreadyReason, true, warnings);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveOnly(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!Responses.isRead(request, response)) {
            return;
        }
        Optional<String> reason = unreadyReason.get();
        if (reason.isEmpty()) {
            String lines =
                    Stream.concat(Stream.of("ok"), warnings.get().stream()).collect(Collectors.joining("\n"));
            Responses.write(response, 200, "text/plain", lines.getBytes(StandardCharsets.UTF_8));
            return;
        }
        response.setHeader("Retry-After", Responses.RETRY_SECONDS);
        if (givesReason) {
            Responses.sendDetail(response, 503, reason.get());
        } else {
            Responses.send(response, 503);
        }
    }
}
