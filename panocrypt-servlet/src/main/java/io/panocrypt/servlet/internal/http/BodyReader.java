package io.panocrypt.servlet.internal.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies without keeping a thread of the container for a sender that is slow.
 *
 * <p>Most bodies are whole when their request is served, and are read at once. The others are awaited asynchronously,
 * each for a limited time in total and a limited number together. Thread-safe.
 */
public final class BodyReader implements AutoCloseable {
    /** The default time for a whole body. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(BodyReader.class.getName());

    /** Bodies awaited at a time: with the longest body they hold 64 MiB. */
    private static final int MAX_AWAITED = 1_024;

    private static final int MIN_BUFFER = 1_024;

    private final int maxBytes;
    private final Duration timeout;
    private final int maxAwaited;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor deadlines;
    /** The one that is awaited for the longest first. */
    private final Set<Incoming> awaited = new LinkedHashSet<>();

    /**
     * Creates a reader for one servlet.
     *
     * @param maxBytes the longest body
     * @param timeout for a whole body, from the time when it is first looked for
     */
    public BodyReader(int maxBytes, Duration timeout) {
        this(maxBytes, timeout, MAX_AWAITED);
    }

    BodyReader(int maxBytes, Duration timeout, int maxAwaited) {
        this.maxBytes = maxBytes;
        this.timeout = timeout;
        this.maxAwaited = maxAwaited;
        this.deadlines = new ScheduledThreadPoolExecutor(1, BodyReader::thread);
        // The thread exists only while a body is awaited.
        deadlines.setKeepAliveTime(1, TimeUnit.SECONDS);
        deadlines.allowCoreThreadTimeOut(true);
        deadlines.setRemoveOnCancelPolicy(true);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "panocrypt-body-deadlines");
        thread.setDaemon(true);
        return thread;
    }

    /** What is done with a body. */
    @FunctionalInterface
    public interface Handler {
        /** Answers the request; runs on a thread of the container that may block, and no fault may leave it. */
        void handle(Body body) throws IOException;
    }

    /** Reads the body and hands it on: before this returns if the whole body is there, otherwise later. */
    public void read(HttpServletRequest request, HttpServletResponse response, Handler handler) throws IOException {
        long length = request.getContentLengthLong();
        if (length == 0 || length < 0 && isWithoutBody(request)) {
            handler.handle(Body.NONE);
            return;
        }
        if (length > maxBytes) {
            handler.handle(tooLong());
            return;
        }
        Incoming incoming = new Incoming(request, response, handler);
        Body body = incoming.readAvailable();
        if (body == null && !request.isAsyncSupported()) {
            warnOnce();
            body = incoming.readBlocking();
        }
        if (body == null) {
            incoming.await();
        } else {
            handler.handle(body);
        }
    }

    /** In HTTP/1 (RFC 9112 section 6.3); later versions need no header for a body. */
    private static boolean isWithoutBody(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1") && request.getHeader("Transfer-Encoding") == null;
    }

    private void warnOnce() {
        if (!warned.getAndSet(true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "asynchronous requests are switched off, so each half-sent body keeps a thread: set async-supported"
                            + " for the servlet and for every filter before it (logged once)");
        }
    }

    private Body tooLong() {
        return Body.fault(413, "the body must be at most " + maxBytes + " bytes");
    }

    private Body tooLate() {
        return Body.fault(408, "the body was not complete within " + timeout.toSeconds() + " s");
    }

    private static Body tooMany() {
        return Body.fault(503, "too many requests wait for their bodies; try again later");
    }

    /** The framing is broken or the sender has gone: the fault is the sender's, not the service's. */
    private static Body incomplete(@Nullable Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a request body could not be read to its end", cause);
        return Body.fault(400, "the body is incomplete");
    }

    private void add(Incoming incoming) {
        Incoming oldest = null;
        synchronized (awaited) {
            awaited.add(incoming);
            if (awaited.size() > maxAwaited) {
                oldest = awaited.iterator().next();
            }
        }
        if (oldest != null) {
            // An honest sender's body is there within moments, so it is never the oldest.
            oldest.end(tooMany());
        }
    }

    /** Awaits no further bodies; to be called when the servlet is destroyed. */
    @Override
    public void close() {
        deadlines.shutdownNow();
    }

    /** One body on its way. Methods are called by one thread at a time, except {@link #end}. */
    private final class Incoming implements ReadListener {
        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final Handler handler;
        private final ServletInputStream in;
        /** Negative if it is not known. */
        private final int length;

        private byte[] bytes;
        private int count;
        private boolean isEnded;
        private @Nullable AsyncContext async;
        private @Nullable Future<?> deadline;

        Incoming(HttpServletRequest request, HttpServletResponse response, Handler handler) throws IOException {
            this.request = request;
            this.response = response;
            this.handler = handler;
            this.in = request.getInputStream();
            this.length = (int) request.getContentLengthLong();
            this.bytes = new byte[length < 0 ? MIN_BUFFER : Math.min(length, MIN_BUFFER)];
        }

        /** Reads what can be read without waiting; null if that is not all. */
        @Nullable Body readAvailable() {
            try {
                while (count < length && in.available() > 0) {
                    if (!readSome()) {
                        return incomplete(null);
                    }
                }
            } catch (IOException e) {
                return incomplete(e);
            }
            return count == length ? whole() : null;
        }

        /** The deadline counts between two pieces only: nothing ends a read that blocks. */
        Body readBlocking() {
            long start = System.nanoTime();
            try {
                while (count != length && readSome()) {
                    if (count > maxBytes) {
                        return tooLong();
                    }
                    if (System.nanoTime() - start > timeout.toNanos()) {
                        return tooLate();
                    }
                }
            } catch (IOException e) {
                return incomplete(e);
            }
            return whole();
        }

        /** Reads a piece, at most one byte more than the longest body has; false at the end. */
        private boolean readSome() throws IOException {
            if (count == bytes.length) {
                int most = length < 0 ? maxBytes + 1 : length;
                bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, most));
            }
            int read = in.read(bytes, count, bytes.length - count);
            count += Math.max(read, 0);
            return read >= 0;
        }

        private Body whole() {
            if (length >= 0 && count < length) {
                return incomplete(null);
            }
            return Body.of(count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
        }

        synchronized void await() {
            AsyncContext started = request.startAsync(request, response);
            async = started;
            try {
                // A container's timeout would also count what follows the body.
                started.setTimeout(0);
                deadline = deadlines.schedule(() -> end(tooLate()), timeout.toMillis(), TimeUnit.MILLISECONDS);
                add(this);
                in.setReadListener(this);
            } catch (RuntimeException e) {
                forget();
                complete(started);
                throw e;
            }
        }

        @Override
        public synchronized void onDataAvailable() {
            try {
                while (!isEnded && in.isReady() && readSome()) {
                    if (count > maxBytes) {
                        end(tooLong());
                    } else if (count == length) {
                        end(whole());
                    }
                }
            } catch (IOException e) {
                onError(e);
            }
        }

        @Override
        public synchronized void onAllDataRead() {
            end(whole());
        }

        /** Ends the request here: the sender has gone, and afterwards the container may use its objects for another one. */
        @Override
        public synchronized void onError(Throwable failure) {
            AsyncContext started = async;
            if (!isEnded && started != null) {
                forget();
                fail(400, failure);
                complete(started);
            }
        }

        /**
         * Hands the body on by {@link AsyncContext#start}: some containers call a listener on a thread that must not block,
         * and the caller may be the thread of the deadlines.
         */
        private synchronized void end(Body body) {
            AsyncContext started = async;
            if (isEnded || started == null) {
                return;
            }
            forget();
            try {
                started.start(() -> handle(body, started));
            } catch (RuntimeException e) {
                fail(503, e);
                complete(started);
            }
        }

        private void forget() {
            isEnded = true;
            if (deadline != null) {
                deadline.cancel(false);
            }
            synchronized (awaited) {
                awaited.remove(this);
            }
        }

        private void handle(Body body, AsyncContext started) {
            try {
                handler.handle(body);
            } catch (Throwable e) {
                fail(503, e);
            } finally {
                complete(started);
            }
        }

        /** Makes sure that an answer without content does not pass for a good one. */
        private void fail(int status, Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "a request whose body was awaited could not be answered", cause);
            try {
                if (!response.isCommitted()) {
                    response.reset();
                    response.setStatus(status);
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "the container has ended the request", e);
            }
        }

        private static void complete(AsyncContext started) {
            try {
                started.complete();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "the container has ended the request", e);
            }
        }
    }
}
