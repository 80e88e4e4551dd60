package io.panocrypt.servlet.internal.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Answers calls that fail with problem details that list every problem found. */
public final class ApiErrors {
    private static final System.Logger LOG = System.getLogger(ApiErrors.class.getName());

    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String BEARER = "Bearer";

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
            if (e.status() == 503) {
                response.setHeader("Retry-After", Responses.RETRY_SECONDS);
            }
            refuse(response, e.status(), List.of(e.problem()));
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.UNAUTHENTICATED) {
                response.setHeader(CHALLENGE, BEARER);
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
        } catch (CustodyException e) {
            LOG.log(System.Logger.Level.ERROR, "a REST call failed on a custody fault", e);
            response.setHeader("Retry-After", Responses.RETRY_SECONDS);
            refuse(
                    response,
                    503,
                    List.of("the custody of the keys failed, and nothing was changed: " + e.getMessage()));
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
        unauthorized(response, problem, Optional.of(BEARER));
    }

    /** Answers a caller whom nobody knows. */
    public static void unauthorized(HttpServletResponse response, String problem, Optional<String> challenge)
            throws IOException {
        challenge.ifPresent(scheme -> response.setHeader(CHALLENGE, scheme));
        refuse(response, 401, List.of(problem));
    }

    public static void refuse(HttpServletResponse response, int status, List<String> problems) throws IOException {
        refuse(response, status, problems, ApiJson.object());
    }

    private static void refuse(HttpServletResponse response, int status, List<String> problems, ObjectNode members)
            throws IOException {
        ObjectNode problem = ApiJson.object()
                .put("type", "about:blank")
                .put("title", Responses.title(status))
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
}
