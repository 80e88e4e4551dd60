package io.panocrypt.standalone;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Makes an idle timeout the end of a body, and ends one that trickles for too long.
 *
 * <p>To Jetty it is a fault that passes, after which {@code EagerContentHandler} goes on waiting, for ever.
 */
final class StalledBodyHandler extends Handler.Wrapper {
    private final long patience;

    /** @param patience how long a body may take */
    StalledBodyHandler(Handler handler, Duration patience) {
        super(handler);
        this.patience = patience.toNanos();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(new Impatient(request, patience), response, callback);
    }

    private static final class Impatient extends Request.Wrapper {
        private final long patience;
        private final long start = System.nanoTime();

        Impatient(Request request, long patience) {
            super(request);
            this.patience = patience;
        }

        @Override
        public Content.@Nullable Chunk read() {
            Content.Chunk chunk = super.read();
            if (Content.Chunk.isFailure(chunk, false)) {
                return Content.Chunk.from(chunk.getFailure(), true);
            }
            if (chunk == null || chunk.isLast() || System.nanoTime() - start <= patience) {
                return chunk;
            }
            chunk.release();
            return Content.Chunk.from(new TimeoutException("a body took too long"), true);
        }
    }
}
