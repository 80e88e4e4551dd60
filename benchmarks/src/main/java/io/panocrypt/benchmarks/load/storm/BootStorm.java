package io.panocrypt.benchmarks.load.storm;

import io.panocrypt.benchmarks.load.client.Call;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Boots many machines at the same moment. Each retries with a new connection until it has its key. An open connection
 * never times out, as with curl. Runs on the calling thread; use an instance once.
 */
final class BootStorm {
    /** How many connections to open before serving the open ones. */
    private static final int OPENED_AT_ONCE = 256;

    private static final long MAX_SELECT_MILLIS = 100;
    private static final int BUFFER = 8_192;

    private final InetSocketAddress server;
    private final List<Boot> boots;
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private final Set<Call<Boot>> underWay = new HashSet<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final BootTally plain = new BootTally();
    private final BootTally approved = new BootTally();
    private long start;
    private int mostUnderWay;

    private record Due(Boot boot, long nanos) {}

    BootStorm(InetSocketAddress server, List<Boot> boots) {
        this.server = server;
        this.boots = List.copyOf(boots);
    }

    /**
     * Boots all machines.
     *
     * @param limit when to stop
     * @return whether every machine got its key
     */
    boolean run(Duration limit) throws IOException {
        start = System.nanoTime();
        boots.forEach(boot -> due.add(new Due(boot, start)));
        try (Selector selector = Selector.open()) {
            while (plain.unlocked() + approved.unlocked() < boots.size()) {
                if (System.nanoTime() - start > limit.toNanos()) {
                    return false;
                }
                beginDue(selector);
                selector.select(this::ready, timeout());
            }
            return true;
        } finally {
            for (Call<Boot> call : underWay) {
                call.close();
            }
        }
    }

    /** The answers of machines that need no approval. */
    BootTally plain() {
        return plain;
    }

    /** The answers of machines that need an approval. */
    BootTally approved() {
        return approved;
    }

    /** The maximum number of concurrent connections. */
    int mostUnderWay() {
        return mostUnderWay;
    }

    private void beginDue(Selector selector) {
        for (int i = 0; i < OPENED_AT_ONCE && !due.isEmpty() && due.peek().nanos() <= System.nanoTime(); i++) {
            Boot boot = due.remove().boot();
            try {
                underWay.add(Call.begin(boot, selector, server, boot.from(), boot.exchange(), start));
            } catch (IOException e) {
                failed(boot, BootTally.NO_ANSWER);
            }
        }
        mostUnderWay = Math.max(mostUnderWay, underWay.size());
    }

    /** In milliseconds; 0 would wait without limit. */
    private long timeout() {
        if (due.isEmpty()) {
            return MAX_SELECT_MILLIS;
        }
        long left = TimeUnit.NANOSECONDS.toMillis(due.peek().nanos() - System.nanoTime());
        return Math.max(1, Math.min(MAX_SELECT_MILLIS, left));
    }

    private void ready(SelectionKey key) {
        @SuppressWarnings("unchecked")
        Call<Boot> call = (Call<Boot>) key.attachment();
        Boot boot = call.owner();
        try {
            if (!call.goOn(key, buffer)) {
                return;
            }
            if (call.isRight()) {
                tally(boot).unlocked(System.nanoTime() - call.since());
            } else {
                failed(boot, call.status() == 200 ? BootTally.WRONG : Integer.toString(call.status()));
            }
        } catch (IOException e) {
            failed(boot, BootTally.NO_ANSWER);
        }
        end(call);
    }

    private void failed(Boot boot, String what) {
        tally(boot).answered(what);
        due.add(new Due(boot, System.nanoTime() + boot.pause().toNanos()));
    }

    private void end(Call<Boot> call) {
        underWay.remove(call);
        try {
            call.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket cannot be closed", e);
        }
    }

    private BootTally tally(Boot boot) {
        return boot.needsApproval() ? approved : plain;
    }
}
