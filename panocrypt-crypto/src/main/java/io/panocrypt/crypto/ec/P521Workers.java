package io.panocrypt.crypto.ec;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pool of wiped working memories, which saves allocations; thread-safe.
 *
 * <p>It keeps one for each processor, because more multiplications cannot run at once. When the pool is empty, a
 * multiplication gets a new one, which is dropped if the pool is full again afterwards.
 */
final class P521Workers {
    private final ArrayBlockingQueue<P521Worker> idle =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    P521Worker take() {
        @Nullable P521Worker worker = idle.poll();
        return worker == null ? new P521Worker() : worker;
    }

    void giveBack(P521Worker worker) {
        // A full pool drops the extra memory; it holds no secret.
        idle.offer(worker);
    }
}
