package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers while Redis is unreachable or slow, and afterwards. */
@RequiresTools({"redis-server", "kill"})
class RedisOutageTest {
    @TempDir
    private Path folder;

    @Test
    void failsWhileRedisIsAwayAndGoesOnAfterwards() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), "out:", "node-1")) {
            Spending.prepare(store);
            DecisionCommit commit = Spending.commit(store, "c-1");
            server.kill();
            for (int i = 0; i < 3; i++) {
                assertThrows(StoreException.class, () -> store.commit(commit));
                assertThrows(StoreException.class, () -> store.snapshot("token:one"));
            }
            server.startAgain();
            assertEquals(CommitResult.COMMITTED, store.commit(commit));
            assertEquals(CommitResult.COMMITTED, store.commit(commit));
            assertEquals(1, Spending.spent(store));
        }
    }

    /** Redis may apply the sent commits when it continues, after the nodes have given up on them. */
    @Test
    void givesUpASlowRedisAndCountsARepeatedCommitOnce() throws Exception {
        int commits = 6;
        ExecutorService threads = Executors.newFixedThreadPool(commits);
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore one = RedisStore.open(server.address(), "out:", "node-1");
                RedisStore two = RedisStore.open(server.address(), "out:", "node-2")) {
            Spending.prepare(one);
            List<DecisionCommit> made = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                made.add(Spending.commit(one, "c-" + i));
            }
            signal("-STOP", server);
            List<Future<CommitResult>> waiting = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                RedisStore node = i % 2 == 0 ? one : two;
                DecisionCommit commit = made.get(i);
                waiting.add(threads.submit(() -> node.commit(commit)));
            }
            for (Future<CommitResult> given : waiting) {
                Exception failure =
                        assertThrows(Exception.class, () -> given.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                assertInstanceOf(StoreException.class, failure.getCause());
            }
            signal("-CONT", server);
            for (DecisionCommit commit : made) {
                assertEquals(CommitResult.COMMITTED, two.commit(commit));
                assertEquals(CommitResult.COMMITTED, one.commit(commit));
            }
            assertEquals(commits, Spending.spent(one));
            assertEquals(commits, one.outboxStatus().waiting());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void saysOfAWriteThatIsGivenUpBeforeItsTurnThatItHasNotHappened() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), "out:", "node-1")) {
            Spending.prepare(store);
            DecisionCommit commit = Spending.commit(store, "c-1");
            Thread.currentThread().interrupt();
            assertThrows(StoreRejectedException.class, () -> store.commit(commit));
            assertTrue(Thread.interrupted());
            assertEquals(0, Spending.spent(store));
        }
    }

    @Test
    void isNotOpenedWhereNothingListens() throws Exception {
        URI address;
        try (RedisServer server = RedisServer.durable(folder)) {
            address = server.address();
        }
        URI secret = URI.create("redis://user:secret@127.0.0.1:" + address.getPort());
        StoreException failure = assertThrows(StoreException.class, () -> RedisStore.open(secret, "out:", "node-1"));
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertFalse(cause.toString().contains("secret"), cause::toString);
        }
    }

    @Test
    void tellsTheTimeOfRedisAndOutlivesItsAbsence() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisStore store = RedisStore.open(server.address(), "out:", "node-1")) {
            Instant before = store.outboxStatus().now();
            InstantSource clock = store.clock();
            Instant told = clock.instant();
            server.kill();
            assertFalse(told.isBefore(before), () -> told + " before " + before);
            assertFalse(clock.instant().isBefore(before));
            assertThrows(StoreException.class, store::clock);
        }
    }

    private static void signal(String signal, RedisServer server) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, String.valueOf(server.pid())).start();
        assertEquals(0, kill.waitFor());
    }
}
