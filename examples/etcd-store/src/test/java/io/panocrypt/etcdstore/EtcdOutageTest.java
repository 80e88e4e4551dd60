package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.testkit.store.CrashingNode;
import io.panocrypt.testkit.store.Spending;
import io.panocrypt.testkit.support.CuttingProxy;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers while etcd is away, slow, or gone in the middle of a request, and afterwards. */
@RequiresTools({"etcd", "kill"})
class EtcdOutageTest {
    private static final String NAMESPACE = "out/";

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** gRPC would wait ever longer between two attempts to connect. */
    @Test
    void rejectsWritesWhileEtcdIsAwayAndWritesWhenItIsBack() throws Exception {
        try (EtcdServer server = EtcdServer.start(folder);
                EtcdEntryStore store = EtcdFixtures.open(server.client(NAMESPACE), InstantSource.system())) {
            server.kill();
            // The first ones may have left over the connection that breaks.
            assertThrows(StoreException.class, () -> put(store, "k", "lost"));
            await(() -> failure(() -> put(store, "k", "lost")) instanceof StoreRejectedException);
            for (int i = 0; i < 20; i++) {
                assertThrows(StoreRejectedException.class, () -> put(store, "k", "lost"));
                assertThrows(StoreRejectedException.class, () -> store.read(List.of("k")));
            }
            server.startAgain();
            assertTrue(store.read(List.of("k")).isEmpty());
            assertTrue(put(store, "k", "kept"));
        }
    }

    @Test
    void isNotOpenedWhereNothingListens() throws Exception {
        try (EtcdServer server = EtcdServer.start(folder)) {
            server.kill();
            assertThrows(StoreException.class, () -> EtcdEntryStore.open(server.client(NAMESPACE)));
        }
    }

    @Test
    void givesUpASlowEtcd() throws Exception {
        try (EtcdServer server = EtcdServer.start(folder);
                EtcdEntryStore store = CrashingNode.retry(() -> EtcdEntryStore.open(server.client(NAMESPACE)))) {
            server.freeze();
            try {
                leavesOpen(() -> put(store, "k", "v"));
                leavesOpen(() -> store.read(List.of("k")));
                leavesOpen(() -> store.scan("a", "z", 1, ScanOrder.DESCENDING));
            } finally {
                server.thaw();
            }
            CrashingNode.retry(() -> put(store, "k", "w"));
            assertEquals(
                    "w",
                    CrashingNode.retry(() -> store.read(List.of("k"))).get("k").value());
        }
    }

    /** A member that does not hear from most others knows only what was. */
    @Test
    void confirmsNothingWithoutMostMembers() throws Exception {
        List<EtcdServer> members = EtcdServer.startTwo(folder);
        try (EtcdServer here = members.get(0);
                EtcdServer there = members.get(1);
                EtcdEntryStore store = CrashingNode.retry(() -> EtcdEntryStore.open(here.client(NAMESPACE)))) {
            assertTrue(CrashingNode.retry(() -> put(store, "k", "v")));
            String version =
                    CrashingNode.retry(() -> store.read(List.of("k"))).get("k").version();
            EntryCondition unchanged = new EntryCondition.HasVersion("k", version);
            there.freeze();
            leavesOpen(() -> store.write(List.of(unchanged), List.of()));
            leavesOpen(() -> store.write(List.of(unchanged), List.of(new EntryMutation.Put("k", "w"))));
            leavesOpen(() -> store.read(List.of("k")));
            there.thaw();
            assertTrue(CrashingNode.retry(() -> put(store, "other", "v")));
        }
    }

    @Test
    void leavesTheOutcomeOpenIfTheAnswerIsLost() throws Exception {
        try (EtcdServer server = EtcdServer.start(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                EtcdEntryStore direct = EtcdFixtures.open(server.client(NAMESPACE), InstantSource.system());
                EtcdEntryStore store =
                        EtcdFixtures.open(EtcdServer.client(proxy.port(), NAMESPACE), InstantSource.system())) {
            proxy.loseAnswersFrom("a-value-in-the-request");
            Future<Boolean> write = threads.submit(() -> put(store, "k", "a-value-in-the-request"));
            await(() -> !direct.read(List.of("k")).isEmpty());
            proxy.cut();
            ExecutionException failed =
                    assertThrows(ExecutionException.class, () -> write.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(StoreException.class, failed.getCause().getClass(), failed::toString);
        }
    }

    /** etcd has written, and its answer is lost: the store finds out by the write's id, and spends one use. */
    @Test
    void findsOutWhatBecameOfACommitWhoseAnswerIsLost() throws Exception {
        try (EtcdServer server = EtcdServer.start(folder);
                CuttingProxy proxy = new CuttingProxy(server.port());
                EtcdNode direct = EtcdNode.open(server.client(NAMESPACE), "node-b", InstantSource.system());
                EtcdNode node =
                        EtcdNode.open(EtcdServer.client(proxy.port(), NAMESPACE), "node-a", InstantSource.system())) {
            Spending.prepare(direct);
            DecisionCommit commit = Spending.commit(node, "c-1");
            proxy.loseAnswersFrom("grant-spent");
            Future<CommitResult> result = threads.submit(() -> node.commit(commit));
            await(() -> Spending.spent(direct) == 1);
            assertTrue(proxy.loses(), "the answer was not lost");
            assertFalse(result.isDone(), "the answer was not lost");
            proxy.cut();
            assertEquals(CommitResult.COMMITTED, result.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(CommitResult.COMMITTED, direct.commit(commit));
            assertEquals(1, Spending.kept(direct, "afterwards").size());
        }
    }

    private static void leavesOpen(Executable call) {
        assertTimeoutPreemptively(
                TestTimeout.MAX,
                () -> assertEquals(StoreException.class, failure(call).getClass()));
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

    private static boolean put(EtcdEntryStore store, String key, String value) {
        return store.write(List.of(), List.of(new EntryMutation.Put(key, value)));
    }
}
