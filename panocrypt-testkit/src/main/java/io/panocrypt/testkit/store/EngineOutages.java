package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.support.CuttingProxy;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an {@link EntryStore} must do while its engine is away, hangs, or does not answer a write. Extend it, start your
 * engine and open your store.
 *
 * <p>Needs the program {@code kill}.
 *
 * @param <S> the store
 */
@SuppressWarnings("try") // these tests are not interrupted
public abstract class EngineOutages<S extends EntryStore & AutoCloseable> {
    /** How long a store waits for its engine where it hangs. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Writes and reads that must be rejected; a client that backs off would still do so when its engine is back. */
    private static final int REJECTED = 20;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @TempDir
    private Path folder;

    /** Called by subclasses. */
    protected EngineOutages() {}

    /** Starts an engine whose files are in the folder, which is empty. */
    protected abstract LoopbackServer start(Path folder) throws Exception;

    /**
     * Opens the store. All calls of a test are to the same data.
     *
     * @param port of 127.0.0.1: the engine's, or that of a proxy before it
     * @param timeout how long the store waits for an answer of the engine
     */
    protected abstract S open(int port, Duration timeout);

    @AfterEach
    final void stop() {
        threads.shutdownNow();
    }

    @Test
    final void isNotOpenedWhereNothingListens() throws Exception {
        try (LoopbackServer server = start(folder)) {
            server.kill();
            assertThrows(StoreException.class, () -> open(server.port(), SHORT).close());
        }
    }

    @Test
    final void rejectsWritesWhileTheEngineIsAwayAndWritesWhenItIsBack() throws Exception {
        try (LoopbackServer server = start(folder);
                S store = open(server.port(), TestTimeout.MAX)) {
            server.kill();
            // The first ones may leave over the connection that breaks.
            assertThrows(StoreException.class, () -> put(store, "k", "lost"));
            await(() -> failure(() -> put(store, "k", "lost")) instanceof StoreRejectedException);
            for (int i = 0; i < REJECTED; i++) {
                assertThrows(StoreRejectedException.class, () -> put(store, "k", "lost"));
                assertThrows(StoreException.class, () -> store.read(List.of("k")));
            }
            server.restart();
            assertTrue(store.read(List.of("k")).isEmpty());
            assertTrue(put(store, "k", "kept"));
        }
    }

    /** The engine may make the write when it continues, so its outcome is unknown. */
    @Test
    final void givesUpAnEngineThatHangs() throws Exception {
        try (LoopbackServer server = start(folder);
                S store = CrashingNode.retry(() -> open(server.port(), SHORT))) {
            server.freeze();
            try {
                assertTimeoutPreemptively(TestTimeout.MAX, () -> {
                    assertUnknown(failure(() -> put(store, "k", "v")));
                    assertThrows(StoreException.class, () -> store.read(List.of("k")));
                    assertThrows(StoreException.class, () -> store.scan("a", "z", 1, ScanOrder.DESCENDING));
                });
            } finally {
                server.thaw();
            }
            CrashingNode.retry(() -> put(store, "k", "w"));
            StoreEntry found =
                    CrashingNode.retry(() -> store.read(List.of("k"))).get("k");
            assertNotNull(found);
            assertEquals("w", found.value());
        }
    }

    @Test
    final void leavesTheOutcomeOpenIfTheAnswerIsLost() throws Exception {
        try (LoopbackServer server = start(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                S direct = open(server.port(), TestTimeout.MAX);
                S store = open(proxy.port(), TestTimeout.MAX)) {
            proxy.loseAnswersFrom("a-value-in-the-request");
            Future<Boolean> write = threads.submit(() -> put(store, "k", "a-value-in-the-request"));
            await(() -> !direct.read(List.of("k")).isEmpty());
            proxy.cut();
            ExecutionException failed =
                    assertThrows(ExecutionException.class, () -> write.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertUnknown(failed.getCause());
        }
    }

    /** The engine has written, and its answer is lost: the whole store finds out by the write's id, and spends one use. */
    @Test
    final void findsOutWhatBecameOfACommitWhoseAnswerIsLost() throws Exception {
        try (LoopbackServer server = start(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                S here = open(server.port(), TestTimeout.MAX);
                S there = open(proxy.port(), TestTimeout.MAX)) {
            EntryBackedStore direct = new EntryBackedStore(here, "node-b", TestTimeout.MAX);
            EntryBackedStore node = new EntryBackedStore(there, "node-a", TestTimeout.MAX);
            Spending.prepare(direct);
            StoreWrite commit = Spending.commit(node, "c-1");
            proxy.loseAnswersFrom("grant-spent");
            Future<WriteResult> result = threads.submit(() -> node.write(commit));
            await(() -> Spending.spent(direct) == 1);
            assertTrue(proxy.loses(), "the answer was not lost");
            assertFalse(result.isDone(), "the answer was not lost");
            proxy.cut();
            assertEquals(new WriteResult.Written(), result.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(new WriteResult.Written(), direct.write(commit));
            assertEquals(Set.of("c-1"), Spending.kept(direct, "afterwards"));
        }
    }

    /** A subclass of the exception would say what has become of the write. */
    private static void assertUnknown(@Nullable Throwable failure) {
        assertNotNull(failure);
        assertEquals(StoreException.class, failure.getClass(), failure::toString);
    }

    private static Throwable failure(Executable call) {
        return assertThrows(Throwable.class, call);
    }

    private static void await(BooleanSupplier condition) {
        assertTimeoutPreemptively(TestTimeout.MAX, () -> {
            while (!condition.getAsBoolean()) {
                Thread.onSpinWait();
            }
        });
    }

    private static boolean put(EntryStore store, String key, String value) {
        return store.write(List.of(), List.of(new EntryMutation.Put(key, value)));
    }
}
