package io.panocrypt.standalone.web;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;

/**
 * Tracks requests being processed by a servlet, with their bodies complete, and answers being sent.
 *
 * <p>Jetty's own count ends with a callback, which is lost if a write fails at the moment of the idle timeout. A stop
 * would then wait for nothing. Thread-safe.
 */
final class WholeRequests extends Handler.Wrapper {
    private final AtomicLong running = new AtomicLong();
    private final Graceful.Shutdown end = new Graceful.Shutdown(this) {
        @Override
        public boolean isShutdownDone() {
            return running.get() == 0;
        }
    };

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        begin();
        try {
            if (end.isShutdown()) {
                Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
                return true;
            }
            return super.handle(request, response, callback);
        } finally {
            end();
        }
    }

    /** Counts an answer that outlives its servlet. */
    void begin() {
        running.incrementAndGet();
    }

    /** Ends what began. */
    void end() {
        running.decrementAndGet();
        end.check();
    }

    /**
     * Completes when no servlet is working and no answer is being sent. Requests that become complete after the first
     * call are refused.
     */
    CompletableFuture<Void> answered() {
        return end.shutdown();
    }
}
