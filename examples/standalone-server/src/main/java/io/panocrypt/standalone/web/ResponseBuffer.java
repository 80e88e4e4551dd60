package io.panocrypt.standalone.web;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer of known length after its servlet has ended. An unread answer waits in memory and does not block a
 * thread.
 *
 * <p>Servlets here never change an array after writing it. An answer of unknown length keeps its servlet's thread, and
 * the servlet limits their number. A peer that takes too long for a piece is cut off. Thread-safe.
 */
final class ResponseBuffer extends Handler.Wrapper {
    /** The longest buffered answer in bytes; larger than any page of the REST interface. */
    private static final long MAX_HELD = 16 * 1024 * 1024;

    private final BufferBudget budget;
    private final WholeRequests whole;

    /** @param whole counts answers that outlive their servlets */
    ResponseBuffer(Handler handler, BufferBudget budget, WholeRequests whole) {
        super(handler);
        this.budget = budget;
        this.whole = whole;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Answer answer = new Answer(request, response, callback);
        return super.handle(request, answer, answer);
    }

    private record Piece(boolean last, ByteBuffer content) {}

    private final class Answer extends Response.Wrapper implements Callback {
        private final Callback callback;
        private final Queue<Piece> waiting = new ArrayDeque<>();
        private boolean isWriting;
        private boolean isLastWritten;
        private boolean isCompleted;
        private @Nullable Throwable failure;
        private BufferBudget.@Nullable Lease lease;

        Answer(Request request, Response response, Callback callback) {
            super(request, response);
            this.callback = callback;
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback done) {
            long length = getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
            if (length < 0 || length > MAX_HELD) {
                writeAndWait(last, content, done);
            } else {
                hold(new Piece(last, take(content)), done);
            }
        }

        private void writeAndWait(boolean last, ByteBuffer content, Callback done) {
            BufferBudget.Lease wait = budget.lease(this::cut);
            super.write(last, content, Callback.from(wait::release, done));
        }

        /** Copies Jetty's own buffers, which are direct and reused as soon as they are written. */
        private static ByteBuffer take(ByteBuffer content) {
            if (content == null || !content.hasRemaining()) {
                return BufferUtil.EMPTY_BUFFER;
            }
            ByteBuffer taken = content.hasArray() ? content.slice() : BufferUtil.copy(content);
            content.position(content.limit());
            return taken;
        }

        private void hold(Piece piece, Callback done) {
            Throwable failed;
            boolean isFirst = false;
            synchronized (this) {
                failed = failure;
                isLastWritten |= piece.last();
                if (failed == null && isWriting) {
                    waiting.add(piece);
                } else if (failed == null) {
                    isWriting = true;
                    isFirst = true;
                }
            }
            if (failed != null) {
                done.failed(failed);
                return;
            }
            if (isFirst) {
                send(piece);
            }
            done.succeeded();
        }

        private void send(Piece piece) {
            super.write(piece.last(), piece.content(), Callback.from(this::sent, this::notSent));
            awaitPeer();
        }

        /** Counts an answer that the peer has not read at once; most do. */
        private void awaitPeer() {
            BufferBudget.Lease held;
            synchronized (this) {
                if (!isWriting || lease != null) {
                    return;
                }
                whole.begin();
                held = budget.lease(this::cut);
                lease = held;
            }
            held.resize(getHeaders().getLongField(HttpHeader.CONTENT_LENGTH));
        }

        /** Runs on another thread: cutting off calls into other answers, whose locks this thread may hold. */
        private void cut() {
            EndPoint end = getRequest().getConnectionMetaData().getConnection().getEndPoint();
            getRequest().getConnectionMetaData().getConnector().getExecutor().execute(() -> raw(end).close());
        }

        private static EndPoint raw(EndPoint end) {
            EndPoint raw = end;
            while (raw instanceof EndPoint.Wrapper wrapper) {
                raw = wrapper.unwrap();
            }
            return raw;
        }

        private void sent() {
            Piece next;
            BufferBudget.Lease held;
            boolean isEnd;
            synchronized (this) {
                next = waiting.poll();
                held = lease;
                isEnd = next == null && isCompleted;
                if (next == null) {
                    isWriting = false;
                    lease = null;
                }
            }
            if (next != null) {
                if (held != null) {
                    held.touch();
                }
                send(next);
                return;
            }
            release(held);
            if (isEnd) {
                callback.succeeded();
            }
        }

        private void notSent(Throwable reason) {
            BufferBudget.Lease held;
            boolean isEnd;
            synchronized (this) {
                failure = reason;
                isWriting = false;
                waiting.clear();
                held = lease;
                lease = null;
                isEnd = isCompleted;
            }
            release(held);
            if (isEnd) {
                callback.failed(reason);
            }
        }

        private void release(BufferBudget.@Nullable Lease held) {
            if (held != null) {
                held.release();
                whole.end();
            }
        }

        @Override
        public boolean hasLastWrite() {
            synchronized (this) {
                return isLastWritten || super.hasLastWrite();
            }
        }

        @Override
        public void succeeded() {
            Throwable failed;
            synchronized (this) {
                if (isWriting) {
                    isCompleted = true;
                    return;
                }
                failed = failure;
            }
            if (failed == null) {
                callback.succeeded();
            } else {
                callback.failed(failed);
            }
        }

        @Override
        public void failed(Throwable reason) {
            callback.failed(reason);
        }

        @Override
        public InvocationType getInvocationType() {
            return callback.getInvocationType();
        }
    }
}
