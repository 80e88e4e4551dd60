package io.panocrypt.standalone.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a request when its body is complete. A slow or missing body waits in memory and does not block a thread.
 *
 * <p>It does not wait for a body that no servlet will read. A body that takes too long or breaks off fails when it is
 * read. Bodies share a budget; a request whose body is cut off for it gets 503. Thread-safe.
 */
final class RequestBuffer extends Handler.Wrapper {
    /** One byte more than any servlet accepts, so the servlets refuse longer bodies. */
    private static final int MAX_BODY = 64 * 1024 + 1;

    /** An unwanted body up to this size is still read, so its connection can be reused. */
    private static final int MAX_SMALL = 4_096;

    private static final int MIN_BUFFER = 1_024;

    private final Duration timeout;
    private final BufferBudget budget;
    private final Predicate<Request> reads;

    /**
     * Creates a handler in front of another one.
     *
     * @param timeout maximum time for a complete body
     * @param reads whether a servlet may read the body of this request
     */
    RequestBuffer(Handler handler, Duration timeout, BufferBudget budget, Predicate<Request> reads) {
        super(handler);
        this.timeout = timeout;
        this.budget = budget;
        this.reads = reads;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (length <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
            return super.handle(request, response, callback);
        }
        boolean isSmall = length > 0 && length <= MAX_SMALL;
        if (length >= MAX_BODY || !isSmall && !reads.test(request)) {
            Content.Chunk unread = Content.Chunk.from(new IOException("a body that is not wanted"), true);
            return super.handle(new Buffered(request, null, unread), response, callback);
        }
        new Loader(request, response, callback).read(false);
        return true;
    }

    private void next(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Throwable e) {
            // Ends the request like Jetty does when a handler throws.
            Response.writeError(request, response, callback, e);
        }
    }

    /** Reads one body. Used by one thread at a time, except that any thread may cut it off. */
    private final class Loader implements Invocable.Task {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final long start = System.nanoTime();
        private byte[] bytes = new byte[0];
        private int count;
        private BufferBudget.@Nullable Lease lease;
        private volatile boolean isCut;

        Loader(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public void run() {
            read(true);
        }

        /** @param later whether this is one of Jetty's own threads, which must not block */
        void read(boolean later) {
            Content.Chunk last = null;
            while (last == null) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    hold();
                    request.demand(this);
                    return;
                }
                last = take(chunk);
            }
            Runnable next = end(last);
            if (later) {
                // Uses the connector's executor: the context's threads belong to the devices' address.
                request.getConnectionMetaData().getConnector().getExecutor().execute(next);
            } else {
                next.run();
            }
        }

        private void hold() {
            if (lease == null) {
                lease = budget.lease(this::cut);
            }
            lease.resize(bytes.length);
        }

        /** The failure also wakes up a reader, as a timeout would. */
        private void cut() {
            isCut = true;
            request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(1);
        }

        /** The last chunk; null until it is known. */
        private Content.@Nullable Chunk take(Content.Chunk chunk) {
            if (Content.Chunk.isFailure(chunk)) {
                // Jetty treats an idle timeout as transient; here it ends the body.
                return Content.Chunk.from(chunk.getFailure(), true);
            }
            append(chunk.getByteBuffer());
            chunk.release();
            if (chunk.isLast()) {
                return Content.Chunk.EOF;
            }
            if (count >= MAX_BODY) {
                return Content.Chunk.from(new IOException("a body is too long"), true);
            }
            return isCut || System.nanoTime() - start > timeout.toNanos()
                    ? Content.Chunk.from(new TimeoutException("a body took too long"), true)
                    : null;
        }

        private void append(ByteBuffer more) {
            int length = Math.min(more.remaining(), MAX_BODY - count);
            if (count + length > bytes.length) {
                int doubled = Math.max(MIN_BUFFER, Math.min(2 * bytes.length, MAX_BODY));
                bytes = Arrays.copyOf(bytes, Math.max(count + length, doubled));
            }
            more.get(bytes, count, length);
            count += length;
        }

        /** Keeps the memory in the budget until the answer, since the request may wait for a thread. */
        private Runnable end(Content.Chunk last) {
            if (lease == null && count > MAX_SMALL) {
                hold();
            }
            BufferBudget.Lease held = lease;
            if (held != null) {
                held.keep();
            }
            Callback done = held == null ? callback : Callback.from(held::release, callback);
            if (isCut) {
                return () -> Response.writeError(request, response, done, HttpStatus.SERVICE_UNAVAILABLE_503);
            }
            Content.Chunk first = count == 0 ? null : Content.Chunk.from(ByteBuffer.wrap(bytes, 0, count), false);
            return () -> next(new Buffered(request, first, last), response, done);
        }
    }

    /** A request with a complete body of two chunks. */
    private static final class Buffered extends Request.Wrapper {
        private final Content.Chunk last;
        private final HttpFields headers;
        private Content.@Nullable Chunk first;

        Buffered(Request request, Content.@Nullable Chunk first, Content.Chunk last) {
            super(request);
            this.first = first;
            this.last = last;
            boolean isChunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
            this.headers = isChunked && last == Content.Chunk.EOF ? withLength(request, first) : request.getHeaders();
        }

        /** Shows a servlet that a body which came in chunks is whole. */
        private static HttpFields withLength(Request request, Content.@Nullable Chunk only) {
            return HttpFields.build(request.getHeaders())
                    .remove(HttpHeader.TRANSFER_ENCODING)
                    .put(HttpHeader.CONTENT_LENGTH, only == null ? 0 : only.remaining())
                    .asImmutable();
        }

        @Override
        public HttpFields getHeaders() {
            return headers;
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = first;
            first = null;
            return chunk == null ? last : chunk;
        }

        @Override
        public void demand(Runnable demandCallback) {
            demandCallback.run();
        }
    }
}
