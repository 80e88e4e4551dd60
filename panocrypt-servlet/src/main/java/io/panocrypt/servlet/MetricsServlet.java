package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.servlet.internal.http.ApiErrors;
import io.panocrypt.servlet.internal.http.Bearer;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers a scrape in the text format of Prometheus.
 *
 * <p>Counters by reason reveal why an attempt between two scrapes was refused, and a stranger must not learn that. Use
 * {@link #forMembers} where anyone other than operators can reach it. Answers GET and HEAD, whatever the query; 401
 * without a required token, 503 if the store cannot look the token up. Thread-safe.
 */
public final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<String> scrape;
    private final transient Predicate<HttpServletRequest> admitted;

    private MetricsServlet(Supplier<String> scrape, Predicate<HttpServletRequest> admitted) {
        this.scrape = scrape;
        this.admitted = admitted;
    }

    /** Answers everybody: only for an address that nobody but operators can reach. */
    public static MetricsServlet open(Supplier<String> scrape) {
        return new MetricsServlet(scrape, request -> true);
    }

    /** Answers bearers of any member's token, whatever the role. */
    public static MetricsServlet forMembers(Supplier<String> scrape, Panocrypt panocrypt) {
        return new MetricsServlet(
                scrape, request -> Bearer.member(request, panocrypt).isPresent());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveOnly(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiErrors.guard(response, () -> answer(request, response));
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!admitted.test(request)) {
            ApiErrors.unauthorized(response, Bearer.problem(request));
        } else if (Responses.isRead(request, response)) {
            byte[] text = scrape.get().getBytes(StandardCharsets.UTF_8);
            Responses.write(response, 200, "text/plain; version=0.0.4; charset=utf-8", text);
        }
    }
}
