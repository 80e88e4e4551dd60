package io.panocrypt.servlet;

import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves Tang's wire protocol: the advertisement and the recovery behind the base of a {@link TangEndpoint}.
 *
 * <p>Routes are matched on the raw request target, so the container must pass on empty path segments. Thread-safe.
 * Errors are problem details without a detail; a fault of the service is never answered with 200.
 */
public final class TangServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(TangServlet.class.getName());
    /** In bytes, as in tangd: one byte more is refused. */
    private static final int MAX_BODY = 65_535;

    private static final String NAME = "([0-9A-Za-z_-]+)";

    private final transient TangEndpoint endpoint;
    private final transient SourceAddress sources;
    private final Pattern advertisement;
    private final Pattern recovery;

    /** Creates a servlet, which must be mounted once, at a path prefix or at the root. */
    public TangServlet(TangEndpoint endpoint, SourceAddress sources) {
        this.endpoint = endpoint;
        this.sources = sources;
        this.advertisement = Pattern.compile(endpoint.basePattern() + "/+adv(?:/*|/+" + NAME + ")");
        this.recovery = Pattern.compile(endpoint.basePattern() + "/+rec/+" + NAME);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveBelow(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            route(path, request, response);
        } catch (StoreException e) {
            // The service logs it, once for an outage and not for each request.
            unavailable(response);
        } catch (RuntimeException e) {
            // Any fault must end in a refusal, and the caller must not learn the cause.
            LOG.log(System.Logger.Level.ERROR, "a Tang request failed and was answered with 503", e);
            if (!response.isCommitted()) {
                response.reset();
                unavailable(response);
            }
        }
    }

    private void route(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getQueryString() != null) {
            Responses.notFound(response);
            return;
        }
        Matcher adv = advertisement.matcher(path);
        if (adv.matches()) {
            if (isMethod("GET", request, response)) {
                advertise(adv.group(1), adv.group(2), response);
            }
            return;
        }
        Matcher rec = recovery.matcher(path);
        if (rec.matches()) {
            if (isMethod("POST", request, response)) {
                recover(rec.group(1), rec.group(2), request, response);
            }
            return;
        }
        Responses.notFound(response);
    }

    private static boolean isMethod(String method, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getMethod().equals(method)) {
            return true;
        }
        response.setHeader("Allow", method);
        Responses.send(response, 405, "Method Not Allowed");
        return false;
    }

    private void advertise(String token, @Nullable String thumbprint, HttpServletResponse response) throws IOException {
        Optional<byte[]> jws = endpoint.advertisement(token, thumbprint);
        if (jws.isEmpty()) {
            Responses.notFound(response);
        } else {
            Responses.write(response, 200, "application/jose+json", jws.get());
        }
    }

    private void recover(String token, String kid, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body;
        try {
            body = request.getContentLengthLong() > MAX_BODY
                    ? new byte[MAX_BODY + 1]
                    : request.getInputStream().readNBytes(MAX_BODY + 1);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a request body could not be read to its end", e);
            badRequest(response);
            return;
        }
        if (body.length > MAX_BODY) {
            Responses.send(response, 413, "Content Too Large");
            return;
        }
        try {
            RecoveryRequest parsed = RecoveryRequest.parse(body);
            answer(endpoint.recover(new UnlockAttempt(token, kid, parsed, sources.of(request))), response);
        } catch (RecoveryRequestException e) {
            if (e.kind() == RecoveryRequestException.Kind.NOT_FOR_DERIVATION) {
                forbidden(response);
            } else {
                badRequest(response);
            }
        }
    }

    private static void answer(UnlockResult result, HttpServletResponse response) throws IOException {
        if (result instanceof UnlockResult.Answered answered) {
            Responses.write(response, 200, "application/jwk+json", RecoveryReply.encode(answered.point()));
        } else if (result instanceof UnlockResult.NotFound) {
            Responses.notFound(response);
        } else if (result instanceof UnlockResult.NotAnExchangeKey || result instanceof UnlockResult.Refused) {
            forbidden(response);
        } else if (result instanceof UnlockResult.InvalidPoint) {
            badRequest(response);
        } else if (result instanceof UnlockResult.Pending) {
            response.setHeader("Retry-After", Responses.RETRY_SECONDS);
            Responses.send(response, 423, "Locked");
        } else if (result instanceof UnlockResult.Limited) {
            response.setHeader("Retry-After", Responses.RETRY_SECONDS);
            Responses.send(response, 429, "Too Many Requests");
        } else {
            unavailable(response);
        }
    }

    private static void badRequest(HttpServletResponse response) throws IOException {
        Responses.send(response, 400, "Bad Request");
    }

    private static void forbidden(HttpServletResponse response) throws IOException {
        Responses.send(response, 403, "Forbidden");
    }

    private static void unavailable(HttpServletResponse response) throws IOException {
        response.setHeader("Retry-After", Responses.RETRY_SECONDS);
        Responses.send(response, 503, "Service Unavailable");
    }
}
