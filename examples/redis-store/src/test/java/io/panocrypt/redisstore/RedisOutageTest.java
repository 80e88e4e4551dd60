package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.testkit.store.EngineOutages;
import io.panocrypt.testkit.store.Spending;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers while Redis is unreachable or slow, and afterwards. */
@RequiresTools({"redis-server", "kill"})
class RedisOutageTest extends EngineOutages<RedisEntryStore> {
    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Override
    protected LoopbackServer start(Path empty) throws Exception {
        return RedisServer.durable(empty);
    }

    @Override
    protected RedisEntryStore open(int port, Duration timeout) {
        return RedisEntryStore.open(RedisServer.address(port), "out:", null, timeout);
    }

    @Test
    void failsWhileRedisIsAwayAndGoesOnAfterwards() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), "out:", "node-1")) {
            Spending.prepare(store);
            StoreWrite commit = Spending.commit(store, "c-1");
            server.kill();
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreException.class, () -> store.write(commit));
                assertThrows(StoreException.class, () -> store.snapshot("token:one"));
            }
            server.restart();
            assertEquals(new WriteResult.Written(), store.write(commit));
            assertEquals(new WriteResult.Written(), store.write(commit));
            assertEquals(1, Spending.spent(store));
        }
    }

    /** Redis may apply the sent commits when it continues, after the nodes have given up on them. */
    @Test
    void givesUpASlowRedisAndCountsARepeatedCommitOnce() throws Exception {
        int commits = 6;
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode one = RedisNode.open(server.address(), "out:", "node-1");
                RedisNode two = RedisNode.open(server.address(), "out:", "node-2")) {
            Spending.prepare(one);
            List<StoreWrite> made = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                made.add(Spending.commit(one, "c-" + i));
            }
            server.freeze();
            List<Future<WriteResult>> waiting = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                RedisNode node = i % 2 == 0 ? one : two;
                StoreWrite commit = made.get(i);
                waiting.add(threads.submit(() -> node.write(commit)));
            }
            for (Future<WriteResult> given : waiting) {
                Exception failure =
                        assertThrows(Exception.class, () -> given.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                assertInstanceOf(StoreException.class, failure.getCause());
            }
            server.thaw();
            for (StoreWrite commit : made) {
                assertEquals(new WriteResult.Written(), two.write(commit));
                assertEquals(new WriteResult.Written(), one.write(commit));
            }
            assertEquals(commits, Spending.spent(one));
            assertEquals(commits, one.outboxStatus().waiting());
        }
    }

    @Test
    void saysOfAWriteThatIsGivenUpBeforeItsTurnThatItHasNotHappened() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), "out:", "node-1")) {
            Spending.prepare(store);
            StoreWrite commit = Spending.commit(store, "c-1");
            Thread.currentThread().interrupt();
            assertThrows(StoreRejectedException.class, () -> store.write(commit));
            assertTrue(Thread.interrupted());
            assertEquals(0, Spending.spent(store));
        }
    }

    @Test
    void keepsThePasswordOutOfTheFault() throws Exception {
        URI address;
        try (RedisServer server = RedisServer.durable(folder)) {
            address = server.address();
        }
        URI secret = URI.create("redis://user:secret@127.0.0.1:" + address.getPort());
        StoreException failure = assertThrows(StoreException.class, () -> RedisEntryStore.open(secret, "out:"));
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertFalse(cause.toString().contains("secret"), cause::toString);
        }
    }

    @Test
    void tellsTheTimeOfRedisAndOutlivesItsAbsence() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), "out:", "node-1")) {
            Instant before = store.outboxStatus().now();
            InstantSource clock = store.entries().clock();
            Instant told = clock.instant();
            server.kill();
            assertFalse(told.isBefore(before), () -> told + " before " + before);
            assertFalse(clock.instant().isBefore(before));
            assertThrows(StoreException.class, store.entries()::clock);
        }
    }
}
