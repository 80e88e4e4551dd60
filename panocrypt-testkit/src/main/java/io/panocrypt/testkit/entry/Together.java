package io.panocrypt.testkit.entry;

import io.panocrypt.testkit.support.Parallel;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Repeats two acts at the same time until both have happened a number of times, so neither runs alone to its end. */
final class Together {
    private static final int ROUNDS = 20;

    private final AtomicBoolean failed = new AtomicBoolean();

    private Together() {}

    /** What is repeated; it may fail an assertion, which ends both. */
    interface Act {
        void run() throws Exception;
    }

    /** Returns when each has happened at least 20 times; throws the failure of one. */
    static void repeat(Act one, Act other) throws Exception {
        Together together = new Together();
        AtomicInteger ones = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        Parallel.run(List.of(together.loop(one, ones, others), together.loop(other, others, ones)));
    }

    private Callable<Boolean> loop(Act act, AtomicInteger mine, AtomicInteger theirs) {
        return () -> {
            boolean ended = false;
            try {
                while (!failed.get() && (mine.get() < ROUNDS || theirs.get() < ROUNDS)) {
                    act.run();
                    mine.incrementAndGet();
                }
                ended = true;
            } finally {
                failed.compareAndSet(false, !ended);
            }
            return ended;
        };
    }
}
