package io.panocrypt.standalone.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
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
 * Hands on a request when its body is whole, so that a body which comes slowly, or never, waits in memory and not in a thread.
 *
 * <p>A body that no servlet will read is not waited for. One that takes too long, or breaks off, fails when it is read. Bodies
 * share a budget; where one is cut off for that, the answer is 503. Thread-safe.
 */
final class RequestBuffer extends Handler.Wrapper {
    /** One byte more than any servlet accepts, so that it is the servlets that refuse a longer body. */
    private static final int MAX_BODY = 64 * 1024 + 1;

    /** Up to here a body is read even if nobody wants it, so that its connection can be used again. */
    private static final int MAX_SMALL = 4_096;

    private static final int MIN_BUFFER = 1_024;

    private final Duration timeout;
    private final BufferBudget budget;
    private final Predicate<Request> reads;

    /**
     * A handler before another one.
     *
     * @param timeout how long a body may take
     * @param reads whether a servlet may read the body of a request with that head
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
            // As Jetty does with what a handler throws: the request must end.
            Response.writeError(request, response, callback, e);
        }
    }

    /** A body on its way; one thread at a time, but that it may be cut off by any. */
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

        /** @param later on a thread of Jetty's own, which must not be held up */
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
                // Not by the context, whose threads are those of the devices' address.
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

        /** Also wakes up whoever waits for more, by a timeout. */
        private void cut() {
            isCut = true;
            request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(1);
        }

        /** The last chunk, once it is known. */
        private Content.@Nullable Chunk take(Content.Chunk chunk) {
            if (Content.Chunk.isFailure(chunk)) {
                // An idle timeout is a fault that passes to Jetty, but the end here.
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

        /** What is held stays in the budget until the answer: the request may have to wait for a thread. */
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

    /** A request with a body of two chunks, which are there already. */
    private static final class Buffered extends Request.Wrapper {
        private final Content.Chunk last;
        private Content.@Nullable Chunk first;

        Buffered(Request request, Content.@Nullable Chunk first, Content.Chunk last) {
            super(request);
            this.first = first;
            this.last = last;
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
