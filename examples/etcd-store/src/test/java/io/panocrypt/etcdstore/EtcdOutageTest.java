package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.testkit.store.CrashingNode;
import io.panocrypt.testkit.store.EngineOutages;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.RequiresTools;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers while etcd is away, slow, or gone in the middle of a request, and afterwards. */
@RequiresTools({"etcd", "kill"})
class EtcdOutageTest extends EngineOutages<EtcdEntryStore> {
    private static final String NAMESPACE = "out/";

    @Override
    protected LoopbackServer start(Path empty) throws Exception {
        return EtcdServer.start(empty);
    }

    @Override
    protected EtcdEntryStore open(int port, Duration timeout) {
        return EtcdEntryStore.open(EtcdServer.client(port, NAMESPACE), InstantSource.system(), timeout);
    }

    /** A member that does not hear from most others knows only what was. */
    @Test
    void confirmsNothingWithoutMostMembers(@TempDir Path folder) throws Exception {
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

    private static void leavesOpen(Executable call) {
        assertTimeoutPreemptively(
                TestTimeout.MAX,
                () -> assertEquals(
                        StoreException.class,
                        assertThrows(Throwable.class, call).getClass()));
    }

    private static boolean put(EtcdEntryStore store, String key, String value) {
        return store.write(List.of(), List.of(new EntryMutation.Put(key, value)));
    }
}
