package io.panocrypt.crypto.ec;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pool of working memories, all wiped, so that a multiplication needs no garbage; thread-safe.
 *
 * <p>It keeps as many as there are processors, since more multiplications cannot run at once; one more than that gets a
 * fresh memory, which is given up afterwards.
 */
final class P521Workers {
    private final ArrayBlockingQueue<P521Worker> idle =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    P521Worker take() {
        @Nullable P521Worker worker = idle.poll();
        return worker == null ? new P521Worker() : worker;
    }

    void giveBack(P521Worker worker) {
        // A full pool lets the extra memory go; it holds no secret.
        idle.offer(worker);
    }
}
