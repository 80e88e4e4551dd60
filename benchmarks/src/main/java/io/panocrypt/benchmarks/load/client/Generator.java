package io.panocrypt.benchmarks.load.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Simulates clients of one server. All run on the calling thread with one selector, to leave processor time to the
 * server. Every answer is compared with the correct one. Not thread-safe.
 */
public final class Generator {
    /** A request without an answer 5 s after the turn counts as failed. */
    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(5);

    private static final int BUFFER = 8_192;

    private final InetSocketAddress server;
    private final Supplier<Exchange> exchanges;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    /** @param exchanges supplies the next request */
    public Generator(InetSocketAddress server, Supplier<Exchange> exchanges) {
        this.server = server;
        this.exchanges = exchanges;
    }

    /** Sends requests for {@code length}, then waits at most 5 s for those in progress; the rest count as failed. */
    public Tally run(Arrivals arrivals, Duration length) throws IOException {
        try (Turn turn = new Turn(arrivals, System.nanoTime(), length.toNanos())) {
            turn.work();
            return turn.tally;
        }
    }

    /** One measured turn. */
    private final class Turn implements AutoCloseable {
        private final Tally tally = new Tally();
        private final Arrivals arrivals;
        private final long start;
        private final long length;
        private final Selector selector = Selector.open();
        private final Set<Call<Turn>> underWay = new HashSet<>();
        private final Queue<Long> late = new ArrayDeque<>();
        private long begun;

        Turn(Arrivals arrivals, long start, long length) throws IOException {
            this.arrivals = arrivals;
            this.start = start;
            this.length = length;
        }

        void work() throws IOException {
            if (!arrivals.isPaced()) {
                for (int i = 0; i < arrivals.clients(); i++) {
                    connect(System.nanoTime());
                }
            }
            while (isOn() || !underWay.isEmpty()) {
                beginDue();
                selector.select(this::ready, timeout());
                if (System.nanoTime() - start > length + TIMEOUT) {
                    underWay.forEach(call -> tally.failed());
                    return;
                }
            }
        }

        private boolean isOn() {
            return System.nanoTime() - start < length;
        }

        /** In milliseconds; 0 would wait without limit. */
        private long timeout() {
            return arrivals.isPaced() ? 1 : 100;
        }

        private void beginDue() throws IOException {
            if (!arrivals.isPaced()) {
                return;
            }
            long now = Math.min(System.nanoTime() - start, length);
            while (arrivals.due(begun) < now) {
                late.add(start + arrivals.due(begun++));
            }
            while (!late.isEmpty() && underWay.size() < arrivals.clients()) {
                connect(late.remove());
            }
        }

        private void connect(long since) throws IOException {
            underWay.add(Call.begin(this, selector, server, null, exchanges.get(), since));
        }

        private void ready(SelectionKey key) {
            @SuppressWarnings("unchecked")
            Call<Turn> call = (Call<Turn>) key.attachment();
            try {
                if (call.goOn(key, buffer)) {
                    answered(call);
                }
            } catch (IOException e) {
                tally.failed();
                end(call);
            }
        }

        private void answered(Call<Turn> call) throws IOException {
            long now = System.nanoTime();
            if (call.isRight()) {
                tally.answered(now - call.since(), now - start < length);
            } else {
                tally.failed();
            }
            if (arrivals.keeps() && isOn()) {
                call.askAgain(exchanges.get(), now);
            } else {
                end(call);
            }
        }

        private void end(Call<Turn> call) {
            underWay.remove(call);
            try {
                call.close();
                if (!arrivals.isPaced() && isOn()) {
                    connect(System.nanoTime());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot connect to the server", e);
            }
        }

        @Override
        public void close() throws IOException {
            for (Call<Turn> call : underWay) {
                call.close();
            }
            selector.close();
        }
    }
}
