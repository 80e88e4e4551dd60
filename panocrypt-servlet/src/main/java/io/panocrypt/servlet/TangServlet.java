package io.panocrypt.servlet;

import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.internal.http.ApiErrors;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.BodyReader;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Serves Tang's wire protocol: the advertisement and the recovery behind the base of a {@link TangEndpoint}; and the sign of
 * life ({@code alive}), which is not Tang's.
 *
 * <p>Routes are matched on the raw request target, so the container must pass on empty path segments. Thread-safe.
 * Errors are problem details without a detail; a fault of the service is never answered with 200. A body has at most
 * 65,535 bytes and is whole within 10 s; half-sent ones keep no thread where asynchronous requests are switched on.
 */
public final class TangServlet extends HttpServlet {
    /** The attribute that each request gets, for access logs that leave out a request by an attribute. */
    public static final String TOKEN_IN_PATH = "io.panocrypt.token-in-path";

    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(TangServlet.class.getName());
    /** In bytes, as in tangd: one byte more is refused. */
    private static final int MAX_BODY = 65_535;

    /** The refusals that another attempt may not meet. */
    private static final Set<Integer> RETRY = Set.of(423, 429, 503);

    private static final String NAME = "([0-9A-Za-z_-]+)";

    private final transient TangEndpoint endpoint;
    private final transient SourceAddress sources;
    private final transient BodyReader bodies;
    private final Pattern advertisement;
    private final Pattern recovery;
    private final Pattern alive;

    /**
     * Creates a servlet, which must be mounted once, at a path prefix or at the root; {@link PanocryptServlets} does so.
     *
     * <p>The base begins behind the mapping: at {@code /x/*} the devices are at {@code /x/u/TOKEN}. If the mapping ends with
     * the base's own first part, they meet there: at {@code /u/*} the devices are at {@code /u/TOKEN}.
     */
    public TangServlet(TangEndpoint endpoint, SourceAddress sources) {
        this(endpoint, sources, BodyReader.TIMEOUT);
    }

    TangServlet(TangEndpoint endpoint, SourceAddress sources, Duration bodyTimeout) {
        this.endpoint = endpoint;
        this.sources = sources;
        this.bodies = new BodyReader(MAX_BODY, bodyTimeout);
        this.advertisement = Pattern.compile(endpoint.basePattern() + "/+adv(?:/*|/+" + NAME + ")");
        this.recovery = Pattern.compile(endpoint.basePattern() + "/+rec/+" + NAME);
        this.alive = Pattern.compile(endpoint.basePattern() + "/+alive");
    }

    @Override
    public void destroy() {
        bodies.close();
    }

    /** Says in the log where clients do not get here by their URL. */
    @Override
    public void init() {
        ServletRegistration registration = getServletContext().getServletRegistration(getServletName());
        if (registration != null) {
            endpoint.publicUrl()
                    .ifPresent(url -> registration.getMappings().forEach(pattern -> checkMount(pattern, url)));
        }
    }

    private void checkMount(String pattern, URI publicUrl) {
        String mount = RawPath.mount(pattern);
        if (mount.equals(pattern)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "this servlet is mapped to {0} alone, so devices get 404: map it to {0}/*",
                    pattern);
            return;
        }
        String served = getServletContext().getContextPath()
                + mount.substring(0, mount.length() - lead(pattern).length());
        String asked = publicUrl.getRawPath();
        if (!asked.endsWith(served)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "unlock URLs begin with {0}, but this servlet serves below {1}, so devices get 404 unless a proxy"
                            + " changes the path: end publicUrl with {1}, or change the mapping",
                    publicUrl,
                    served);
        } else if (asked.length() > served.length()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "unlock URLs begin with {0}, and this servlet serves below {1}/: the proxy in front must remove {2}"
                            + " from the path",
                    publicUrl,
                    served,
                    asked.substring(0, asked.length() - served.length()));
        }
    }

    /**
     * The first part of the base, if a mapping has taken it off the path: a host that maps the servlet to {@code /u/*} means
     * the devices at {@code /u/TOKEN}.
     */
    private String lead(String pattern) {
        String mount = RawPath.mount(pattern);
        String last = mount.substring(Math.max(0, mount.lastIndexOf('/')));
        return endpoint.basePattern().startsWith(last + "/") ? last : "";
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setAttribute(TOKEN_IN_PATH, true);
        RawPath.serveBelow(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String whole = lead(request.getHttpServletMapping().getPattern()) + path;
        guard(response, () -> route(whole, request, response));
    }

    /** Any fault must end in a refusal, and the caller must not learn the cause. */
    private static void guard(HttpServletResponse response, ApiErrors.Call call) throws IOException {
        try {
            call.run();
        } catch (ApiException e) {
            refuse(response, e.status());
        } catch (StoreException e) {
            // The service logs it, once for an outage and not for each request.
            refuse(response, 503);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a Tang request failed and was answered with 503", e);
            if (!response.isCommitted()) {
                response.reset();
                refuse(response, 503);
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
        Matcher life = alive.matcher(path);
        if (!life.matches()) {
            Responses.notFound(response);
        } else if (isMethod("POST", request, response)) {
            if (endpoint.alive(life.group(1), sources.of(request))) {
                Responses.done(response);
            } else {
                Responses.notFound(response);
            }
        }
    }

    private static boolean isMethod(String method, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (request.getMethod().equals(method)) {
            return true;
        }
        response.setHeader("Allow", method);
        Responses.send(response, 405);
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
        bodies.read(
                request, response, body -> guard(response, () -> recover(token, kid, body.bytes(), request, response)));
    }

    private void recover(
            String token, String kid, byte[] body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            RecoveryRequest parsed = RecoveryRequest.parse(body);
            answer(endpoint.recover(new UnlockAttempt(token, kid, parsed, sources.of(request))), response);
        } catch (RecoveryRequestException e) {
            refuse(response, e.kind() == RecoveryRequestException.Kind.NOT_FOR_DERIVATION ? 403 : 400);
        }
    }

    private static void answer(UnlockResult result, HttpServletResponse response) throws IOException {
        if (result instanceof UnlockResult.Answered answered) {
            Responses.write(response, 200, "application/jwk+json", RecoveryReply.encode(answered.point()));
        } else if (result instanceof UnlockResult.NotFound) {
            Responses.notFound(response);
        } else if (result instanceof UnlockResult.NotAnExchangeKey || result instanceof UnlockResult.Refused) {
            refuse(response, 403);
        } else if (result instanceof UnlockResult.InvalidPoint) {
            refuse(response, 400);
        } else if (result instanceof UnlockResult.Pending) {
            refuse(response, 423);
        } else if (result instanceof UnlockResult.Limited) {
            refuse(response, 429);
        } else {
            refuse(response, 503);
        }
    }

    private static void refuse(HttpServletResponse response, int status) throws IOException {
        if (RETRY.contains(status)) {
            response.setHeader("Retry-After", Responses.RETRY_SECONDS);
        }
        Responses.send(response, status);
    }
}
