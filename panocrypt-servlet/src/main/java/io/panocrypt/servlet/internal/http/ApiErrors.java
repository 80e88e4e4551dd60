package io.panocrypt.servlet.internal.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/** Answers calls that fail with problem details that list every problem found. */
public final class ApiErrors {
    private static final System.Logger LOG = System.getLogger(ApiErrors.class.getName());

    private ApiErrors() {}

    /** A call that sends its answer or throws. */
    @FunctionalInterface
    public interface Call {
        void run() throws IOException;
    }

    /** Runs a call and turns any exception into an answer. */
    public static void guard(HttpServletResponse response, Call call) throws IOException {
        try {
            call.run();
        } catch (ApiException e) {
            refuse(response, e.status(), List.of(e.problem()));
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.UNAUTHENTICATED) {
                challenge(response);
            }
            refuse(response, status(e.kind()), e.problems(), members(e));
        } catch (StoreInputException e) {
            refuse(response, 400, List.of("the store cannot save or search for this value: " + e.getMessage()));
        } catch (UnreadableRecordException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage());
            refuse(response, 500, List.of("a stored record cannot be read; the server's log names it"));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.ERROR, "a REST call failed on a store fault: {0}", e.getMessage());
            LOG.log(System.Logger.Level.DEBUG, "a REST call failed on a store fault", e);
            response.setHeader("Retry-After", Responses.RETRY_SECONDS);
            refuse(
                    response,
                    503,
                    List.of("the store does not answer; if this was a change, it may or may not have happened"));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a REST call failed and was answered with 500", e);
            if (!response.isCommitted()) {
                response.reset();
                refuse(response, 500, List.of());
            }
        }
    }

    /** Answers a caller without a valid token. */
    public static void unauthorized(HttpServletResponse response, String problem) throws IOException {
        challenge(response);
        refuse(response, 401, List.of(problem));
    }

    private static void challenge(HttpServletResponse response) {
        response.setHeader("WWW-Authenticate", "Bearer");
    }

    public static void refuse(HttpServletResponse response, int status, List<String> problems) throws IOException {
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
        Responses.write(response, status, "application/problem+json", ApiJson.write(problem));
    }

    /** For a change that needs a confirmation: the number of devices that would lose their approvers. */
    private static ObjectNode members(OperationException refused) {
        ObjectNode members = ApiJson.object();
        return refused.devices() > 0 ? members.put("devices", refused.devices()) : members;
    }

    private static int status(OperationException.Kind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case UNAUTHENTICATED -> 401;
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
            case 406 -> "Not Acceptable";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 428 -> "Precondition Required";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
