package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.servlet.internal.api.ApiReply;
import io.panocrypt.servlet.internal.api.ApiRequest;
import io.panocrypt.servlet.internal.api.ApiRoute;
import io.panocrypt.servlet.internal.api.ApiRoutes;
import io.panocrypt.servlet.internal.http.ApiBody;
import io.panocrypt.servlet.internal.http.ApiErrors;
import io.panocrypt.servlet.internal.http.ApiException;
import io.panocrypt.servlet.internal.http.ApiJson;
import io.panocrypt.servlet.internal.http.ApiQuery;
import io.panocrypt.servlet.internal.http.Body;
import io.panocrypt.servlet.internal.http.BodyReader;
import io.panocrypt.servlet.internal.http.CrossSite;
import io.panocrypt.servlet.internal.http.RawPath;
import io.panocrypt.servlet.internal.http.Responses;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * The REST interface for operators; mount it at {@code /api/v1/*}. {@code openapi.json} below the mount point describes
 * it, and needs no token.
 *
 * <p>Every other call needs a member, whom an {@link OperatorDirectory} finds: by default, by a bearer token. Bodies are one JSON object of at most 64 KiB, whole within
 * 10 s, whatever Content-Type says; errors are problem details (RFC 9457) that list every problem found. Routes are matched on the raw
 * request target. Thread-safe.
 */
public final class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(ApiServlet.class.getName());
    private static final String OPENAPI = "/openapi.json";
    private static final String JSON = "application/json";

    /** Each stream occupies a thread until its reader has finished. */
    private static final int MAX_STREAMS = 4;

    private final transient OperatorDirectory operators;
    private final transient List<ApiRoute> routes;
    private final transient byte[] openapi;
    private final transient BodyReader bodies;
    private final transient Semaphore streams = new Semaphore(MAX_STREAMS);

    /** Creates a servlet for members with bearer tokens, which must be mounted once, at a path prefix. */
    public ApiServlet(Panocrypt panocrypt) {
        this(panocrypt, OperatorDirectory.ofTokens(panocrypt));
    }

    /** Creates a servlet for the members that a directory finds; it must be mounted once, at a path prefix. */
    public ApiServlet(Panocrypt panocrypt, OperatorDirectory operators) {
        this(panocrypt, operators, BodyReader.TIMEOUT);
    }

    ApiServlet(Panocrypt panocrypt, OperatorDirectory operators, Duration bodyTimeout) {
        this.operators = operators;
        this.bodies = new BodyReader(ApiBody.MAX_BYTES, bodyTimeout);
        this.routes = ApiRoutes.of(panocrypt);
        this.openapi = resource("openapi.json");
    }

    private static byte[] resource(String name) {
        try (InputStream in = ApiServlet.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in this class's package");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroy() {
        bodies.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RawPath.serveBelow(request, response, this::serve);
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiErrors.guard(response, () -> answer(path, request, response));
    }

    private void answer(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (path.equals(OPENAPI) && request.getMethod().equals("GET")) {
            Responses.write(response, 200, JSON, openapi);
            return;
        }
        OperatorDirectory.Answer sender = identify(request);
        if (sender instanceof OperatorDirectory.Operator operator) {
            answer(path, operator, request, response);
        } else if (sender instanceof OperatorDirectory.Nobody nobody) {
            ApiErrors.unauthorized(response, nobody.problem(), nobody.challenge());
        }
    }

    private OperatorDirectory.Answer identify(HttpServletRequest request) {
        try {
            return Objects.requireNonNull(operators.identify(request), "no answer");
        } catch (OperationException | StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the operator directory failed; the call was answered with 503", e);
            throw new ApiException(503, "the directory of operators does not answer; try again later");
        }
    }

    private void answer(
            String path, OperatorDirectory.Operator operator, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (operator.ambient() && CrossSite.isPossible(request)) {
            ApiErrors.refuse(
                    response,
                    403,
                    List.of("another site may have caused this call: send the header X-Requested-With, or call from a"
                            + " page of this site"));
            return;
        }
        List<ApiRoute> known = routes.stream()
                .filter(candidate -> candidate.match(path).isPresent())
                .toList();
        Optional<ApiRoute> route = known.stream()
                .filter(candidate -> candidate.method().equals(request.getMethod()))
                .findFirst();
        if (route.isPresent()) {
            call(route.get(), path, operator.member(), request, response);
        } else if (known.isEmpty() && !path.equals(OPENAPI)) {
            ApiErrors.refuse(response, 404, List.of(nothingAt(path)));
        } else {
            response.setHeader(
                    "Allow",
                    known.isEmpty()
                            ? "GET"
                            : known.stream().map(ApiRoute::method).sorted().collect(Collectors.joining(", ")));
            ApiErrors.refuse(response, 405, List.of("method not allowed for this path"));
        }
    }

    /** Why nothing was found: usually the caller gave a name, or a word from the help, in place of an id. */
    private String nothingAt(String path) {
        return routes.stream().anyMatch(route -> route.hasShapeOf(path))
                ? "no such id: an id has only lower-case letters, digits and hyphens"
                : "no such path";
    }

    private void call(
            ApiRoute route, String path, Member member, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        List<String> variables = route.match(path).orElseThrow();
        if (!route.admits(member, variables)) {
            ApiErrors.refuse(
                    response,
                    403,
                    List.of(
                            member.role() == Role.SERVICE
                                    ? "no scope of this service account allows this call"
                                    : "the role " + member.role().wireName() + " may not call this; "
                                            + route.minimum().wireName() + " may"));
            return;
        }
        ApiQuery query = ApiQuery.parse(request.getQueryString(), route.parameters());
        if (route.takesBody()) {
            bodies.read(
                    request,
                    response,
                    body -> ApiErrors.guard(
                            response,
                            () -> reply(
                                    route,
                                    new ApiRequest(member, variables, query, body, request),
                                    request,
                                    response)));
        } else {
            reply(route, new ApiRequest(member, variables, query, Body.NONE, request), request, response);
        }
    }

    private void reply(ApiRoute route, ApiRequest called, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        ApiReply reply = route.handler().answer(called);
        ApiReply.Stream stream = reply.stream();
        if (stream != null) {
            send(stream, Objects.requireNonNull(reply.streamType()), response);
            return;
        }
        if (reply.version() != null) {
            response.setHeader("ETag", "\"" + reply.version() + "\"");
        }
        ObjectNode body = reply.body();
        if (body == null) {
            Responses.setCommonHeaders(response);
            response.setStatus(reply.status());
            return;
        }
        if (reply.status() == 201) {
            response.setHeader(
                    "Location", request.getRequestURI() + "/" + body.path("id").textValue());
        }
        Responses.write(response, reply.status(), JSON, ApiJson.write(body));
    }

    /**
     * Sends a stream as it is produced. A fault on the way breaks the connection, because a part must not pass for the
     * whole.
     */
    private void send(ApiReply.Stream stream, String type, HttpServletResponse response) throws IOException {
        if (!streams.tryAcquire()) {
            throw new ApiException(503, MAX_STREAMS + " exports are already being read; try again later");
        }
        try {
            write(stream, type, response);
        } finally {
            streams.release();
        }
    }

    private static void write(ApiReply.Stream stream, String type, HttpServletResponse response) throws IOException {
        Responses.setCommonHeaders(response);
        response.setContentType(type);
        try {
            stream.writeTo(response.getOutputStream());
        } catch (RuntimeException e) {
            if (response.isCommitted()) {
                throw new IOException("the response failed after a part was sent", e);
            }
            response.reset();
            throw e;
        }
    }
}
