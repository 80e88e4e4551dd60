package io.panocrypt.etcdstore;

import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.testkit.store.StoreComparison;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the same calls on etcd and the store in memory. */
@RequiresTools("etcd")
class EtcdLikeMemoryTest {
    private static final Instant START = Instant.parse("2026-03-29T01:59:59.987Z");

    @TempDir
    private Path folder;

    @Test
    void answersAsTheStoreInMemory() throws Exception {
        compare(1, 120);
    }

    @Test
    @Tag("long")
    void answersAsTheStoreInMemoryForLong() throws Exception {
        compare(4, 200);
    }

    private void compare(int stores, int calls) throws Exception {
        try (EtcdServer server = EtcdServer.start(folder)) {
            for (int i = 0; i < stores; i++) {
                MutableClock clock = new MutableClock(START);
                MemoryStore reference = new MemoryStore(clock, "node-1");
                try (EtcdNode etcd = EtcdNode.open(server.client("like-" + i + "/"), "node-1", clock)) {
                    new StoreComparison(reference, etcd, clock, "node-1").run(System.nanoTime(), calls);
                }
            }
        }
    }
}
