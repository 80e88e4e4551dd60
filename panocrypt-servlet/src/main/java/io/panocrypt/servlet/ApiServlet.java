package io.panocrypt.servlet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.OperationException;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.spi.StoreException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The REST interface for operators, to be mounted at {@code /api/v1/*}; {@code openapi.json} behind the mount point
 * describes it, and needs no token.
 *
 * <p>Every other call needs the bearer token of a member. Bodies are one JSON object of at most 64 KiB, whatever
 * Content-Type says; errors are problem details (RFC 9457) that list every problem found. Routes on the raw request
 * target. Thread-safe.
 */
public final class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(ApiServlet.class.getName());
    private static final String OPENAPI = "/openapi.json";
    private static final String JSON = "application/json";
    /** RFC 6750 section 2.1; the scheme's case does not matter (RFC 9110 section 11.1). */
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/-]{1,256}=*)");

    private final transient Panocrypt panocrypt;
    private final transient List<ApiRoute> routes;
    private final transient byte[] openapi;

    /** A servlet to be mounted once, at a path prefix. */
    public ApiServlet(Panocrypt panocrypt) {
        this.panocrypt = panocrypt;
        this.routes = ApiRoutes.of(panocrypt);
        this.openapi = resource("openapi.json");
    }

    private static byte[] resource(String name) {
        try (InputStream in = ApiServlet.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside this class");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            answer(request, response);
        } catch (ApiException e) {
            refuse(response, e.status(), List.of(e.problem()), ApiJson.object());
        } catch (OperationException e) {
            refuse(response, status(e.kind()), e.problems(), members(e));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.ERROR, "the store failed a call", e);
            response.setHeader("Retry-After", Problem.RETRY_SECONDS);
            refuse(response, 503, List.of("the store does not answer; a change may or may not have happened"));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a call failed", e);
            if (!response.isCommitted()) {
                response.reset();
                refuse(response, 500, List.of());
            }
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = RawPath.withoutQuery(request).orElse("");
        if (path.equals(OPENAPI) && request.getMethod().equals("GET")) {
            Problem.write(response, 200, JSON, openapi);
            return;
        }
        Optional<Member> member = authenticate(request);
        if (member.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer");
            refuse(response, 401, List.of("a member's bearer token is needed"));
            return;
        }
        List<ApiRoute> known = routes.stream()
                .filter(candidate -> candidate.match(path).isPresent())
                .toList();
        Optional<ApiRoute> route = known.stream()
                .filter(candidate -> candidate.method().equals(request.getMethod()))
                .findFirst();
        if (route.isPresent()) {
            call(route.get(), path, member.get(), request, response);
        } else if (known.isEmpty() && !path.equals(OPENAPI)) {
            refuse(response, 404, List.of("no such path"));
        } else {
            response.setHeader(
                    "Allow",
                    known.isEmpty()
                            ? "GET"
                            : known.stream().map(ApiRoute::method).sorted().collect(Collectors.joining(", ")));
            refuse(response, 405, List.of("the path has other methods"));
        }
    }

    private Optional<Member> authenticate(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders("Authorization"));
        if (values.size() != 1) {
            return Optional.empty();
        }
        Matcher bearer = BEARER.matcher(values.get(0));
        return bearer.matches() ? panocrypt.members().authenticate(bearer.group(1)) : Optional.empty();
    }

    private static void call(
            ApiRoute route, String path, Member member, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        List<String> variables = route.match(path).orElseThrow();
        if (!route.admits(member, variables)) {
            refuse(response, 403, List.of("the role " + member.role() + " may not; " + route.minimum() + " may"));
            return;
        }
        ApiReply reply = route.handler()
                .answer(new ApiRequest(
                        member, variables, ApiQuery.parse(request.getQueryString(), route.parameters()), request));
        if (reply.version() != null) {
            response.setHeader("ETag", "\"" + reply.version() + "\"");
        }
        ObjectNode body = reply.body();
        if (body == null) {
            Problem.setCommonHeaders(response);
            response.setStatus(reply.status());
            return;
        }
        if (reply.status() == 201) {
            response.setHeader(
                    "Location", request.getRequestURI() + "/" + body.path("id").textValue());
        }
        Problem.write(response, reply.status(), JSON, ApiJson.write(body));
    }

    /** From how many devices a change that wants a confirmation takes approval away. */
    private static ObjectNode members(OperationException refused) {
        ObjectNode members = ApiJson.object();
        return refused.devices() > 0 ? members.put("devices", refused.devices()) : members;
    }

    private static int status(OperationException.Kind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case TAKEN, CONFLICT, UNCONFIRMED -> 409;
            case STALE -> 412;
        };
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 428 -> "Precondition Required";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }

    private static void refuse(HttpServletResponse response, int status, List<String> problems) throws IOException {
        refuse(response, status, problems, ApiJson.object());
    }

    private static void refuse(HttpServletResponse response, int status, List<String> problems, ObjectNode members)
            throws IOException {
        ObjectNode problem = ApiJson.object()
                .put("type", "about:blank")
                .put("title", title(status))
                .put("status", status);
        ArrayNode list = problem.putArray("problems");
        problems.forEach(list::add);
        problem.setAll(members);
        Problem.write(response, status, "application/problem+json", ApiJson.write(problem));
    }
}
