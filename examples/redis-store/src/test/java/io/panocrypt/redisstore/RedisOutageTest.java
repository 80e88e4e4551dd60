package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.testkit.store.Spending;
import io.panocrypt.testkit.support.CuttingProxy;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers while Redis is unreachable or slow, and afterwards. */
@RequiresTools({"redis-server", "kill"})
class RedisOutageTest {
    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void failsWhileRedisIsAwayAndGoesOnAfterwards() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), "out:", "node-1")) {
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
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode one = RedisNode.open(server.address(), "out:", "node-1");
                RedisNode two = RedisNode.open(server.address(), "out:", "node-2")) {
            Spending.prepare(one);
            List<DecisionCommit> made = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                made.add(Spending.commit(one, "c-" + i));
            }
            signal("-STOP", server);
            List<Future<CommitResult>> waiting = new ArrayList<>();
            for (int i = 0; i < commits; i++) {
                RedisNode node = i % 2 == 0 ? one : two;
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
        }
    }

    /** Redis has written, and its answer is lost: the store finds out by the write's id, and spends one use. */
    @Test
    void findsOutWhatBecameOfACommitWhoseAnswerIsLost() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                RedisNode direct = RedisNode.open(server.address(), "out:", "node-2", null);
                RedisNode node = RedisNode.open(RedisServer.address(proxy.port()), "out:", "node-1", null)) {
            Spending.prepare(direct);
            DecisionCommit commit = Spending.commit(node, "c-1");
            proxy.loseAnswersFrom("grant-spent");
            Future<CommitResult> result = threads.submit(() -> node.commit(commit));
            await(() -> Spending.spent(direct) == 1);
            assertTrue(proxy.loses(), "the answer was not lost");
            proxy.cut();
            assertEquals(CommitResult.COMMITTED, result.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(CommitResult.COMMITTED, direct.commit(commit));
            assertEquals(Set.of("c-1"), Spending.kept(direct, "afterwards"));
        }
    }

    @Test
    void leavesTheOutcomeOpenIfTheAnswerIsLost() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                RedisEntryStore direct = RedisEntryStore.open(server.address(), "out:", null, TestTimeout.MAX);
                RedisEntryStore entries =
                        RedisEntryStore.open(RedisServer.address(proxy.port()), "out:", null, TestTimeout.MAX)) {
            proxy.loseAnswersFrom("a-value-in-the-request");
            Future<Boolean> write = threads.submit(() -> put(entries, "k", "a-value-in-the-request"));
            await(() -> !direct.read(List.of("k")).isEmpty());
            proxy.cut();
            ExecutionException failed =
                    assertThrows(ExecutionException.class, () -> write.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(StoreException.class, failed.getCause().getClass(), failed::toString);
        }
    }

    @Test
    void saysThatNothingHappensWithoutAConnection() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisEntryStore entries = RedisEntryStore.open(server.address(), "out:")) {
            server.kill();
            StoreException first = assertThrows(StoreException.class, () -> put(entries, "k", "v"));
            assertFalse(first instanceof StoreRejectedException, "the connection was there: " + first);
            assertThrows(StoreRejectedException.class, () -> put(entries, "k", "v"));
            server.startAgain();
            assertTrue(put(entries, "k", "w"));
        }
    }

    private static void await(BooleanSupplier condition) {
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (!condition.getAsBoolean()) {
                Thread.onSpinWait();
            }
        });
    }

    private static boolean put(RedisEntryStore entries, String key, String value) {
        return entries.write(List.of(), List.of(new EntryMutation.Put(key, value)));
    }

    @Test
    void saysOfAWriteThatIsGivenUpBeforeItsTurnThatItHasNotHappened() throws Exception {
        try (RedisServer server = RedisServer.durable(folder);
                RedisNode store = RedisNode.open(server.address(), "out:", "node-1")) {
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

    private static void signal(String signal, RedisServer server) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, String.valueOf(server.pid())).start();
        assertEquals(0, kill.waitFor());
    }
}
