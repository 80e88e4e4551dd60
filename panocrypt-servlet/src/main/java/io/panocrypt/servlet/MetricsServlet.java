package io.panocrypt.servlet;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Role;
import io.panocrypt.servlet.internal.http.ApiErrors;
import io.panocrypt.servlet.internal.http.Bearer;
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
import org.jspecify.annotations.Nullable;

/**
 * Answers a scrape in the text format of Prometheus.
 *
 * <p>Counters by reason reveal why an attempt between two scrapes was refused, and a stranger must not learn that. Use
 * {@link #forMembers} where anyone other than operators can reach it. Answers GET and HEAD, whatever the query; 401
 * without a required token, 403 for that of a service account, 503 if the store cannot look the token up. Thread-safe.
 */
public final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<String> scrape;
    private final transient @Nullable Panocrypt members;

    private MetricsServlet(Supplier<String> scrape, @Nullable Panocrypt members) {
        this.scrape = scrape;
        this.members = members;
    }

    /** Answers everybody: only for an address that nobody but operators can reach. */
    public static MetricsServlet open(Supplier<String> scrape) {
        return new MetricsServlet(scrape, null);
    }

    /** Answers bearers of any member's token, whatever the role, except service accounts: the numbers are of all devices. */
    public static MetricsServlet forMembers(Supplier<String> scrape, Panocrypt panocrypt) {
        return new MetricsServlet(scrape, panocrypt);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveOnly(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiErrors.guard(response, () -> answer(request, response));
    }

    /** Has answered if not. */
    private boolean admits(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (members == null) {
            return true;
        }
        Optional<Member> member = Bearer.member(request, members);
        if (member.isEmpty()) {
            ApiErrors.unauthorized(response, Bearer.problem(request));
        } else if (member.get().role() == Role.SERVICE) {
            ApiErrors.refuse(response, 403, List.of("a service account may not read metrics: use a viewer's token"));
        } else {
            return true;
        }
        return false;
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (admits(request, response) && Responses.isRead(request, response)) {
            byte[] text = scrape.get().getBytes(StandardCharsets.UTF_8);
            Responses.write(response, 200, "text/plain; version=0.0.4; charset=utf-8", text);
        }
    }
}
