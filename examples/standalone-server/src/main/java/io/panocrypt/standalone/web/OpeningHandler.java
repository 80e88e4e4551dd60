package io.panocrypt.standalone.web;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers 503 until the service is open, except for the liveness check and, on a sealed server, shares of the master key.
 * Afterwards it forwards all requests. Thread-safe.
 */
final class OpeningHandler extends Handler.Wrapper {
    private static final String PROBLEM = "{\"status\":503,\"title\":\"Service Unavailable\",\"type\":\"about:blank\"}";

    private static final String PROBLEM_FOR_OPERATORS =
            PROBLEM.replace("{", "{\"detail\":\"the database does not answer yet\",");

    private static final String SEALED =
            PROBLEM.replace("{", "{\"detail\":\"sealed: the shares of the master key are missing\",");

    private static final String RETRY_SECONDS = "5";

    private volatile @Nullable UnsealEndpoint unsealing;

    OpeningHandler() {
        super(true);
    }

    /** Takes shares on the operators' address until the service is open. */
    void seal(UnsealEndpoint endpoint) {
        unsealing = endpoint;
    }

    /** Forwards all further requests to the handler. */
    void open(Handler service) throws Exception {
        if (!isStarted()) {
            setHandler(service);
            return;
        }
        // The handler must be started before its first request.
        service.setServer(getServer());
        service.start();
        setHandler(service);
        manage(service);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (getHandler() != null) {
            return super.handle(request, response, callback);
        }
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (WebServer.HEALTHZ.equals(request.getHttpURI().getPath())) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
            Content.Sink.write(response, true, "ok", callback);
            return true;
        }
        UnsealEndpoint sealed = unsealing;
        if (sealed != null && sealed.handle(request, response, callback)) {
            return true;
        }
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
        response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        boolean operators = WebServer.ADMIN.equals(
                request.getConnectionMetaData().getConnector().getName());
        String unsealed = operators ? PROBLEM_FOR_OPERATORS : PROBLEM;
        Content.Sink.write(response, true, sealed == null ? unsealed : SEALED, callback);
        return true;
    }
}
