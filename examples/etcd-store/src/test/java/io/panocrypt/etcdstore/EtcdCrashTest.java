package io.panocrypt.etcdstore;

import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.store.CrashRounds;
import io.panocrypt.testkit.store.CrashSite;
import io.panocrypt.testkit.store.CrashingNode;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a node, etcd, or both, while two nodes edit and spend from one grant, and checks what is left. */
@RequiresTools("etcd")
class EtcdCrashTest {
    private static final String NAMESPACE = "crash/";

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasCommittedOverTwoKills() throws Exception {
        crash(1, 1);
    }

    /** Most kills hit etcd, since starting a node takes longer than etcd's recovery. */
    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverManyKills() throws Exception {
        int etcdKills = 3;
        crash(Integer.getInteger("panocrypt.kills", 52) / (etcdKills + 1), etcdKills);
    }

    private void crash(int lives, int etcdKills) throws Exception {
        try (EtcdServer server = EtcdServer.start(folder);
                EtcdNode survivor = CrashingNode.retry(() -> EtcdNode.open(server.client(NAMESPACE), "node-b"))) {
            CrashRounds.run(new Site(server, survivor), lives, etcdKills);
        }
    }

    private record Site(EtcdServer server, Store survivor) implements CrashSite {
        @Override
        public Class<?> program() {
            return EtcdNode.class;
        }

        @Override
        public List<String> arguments(String prefix) {
            return List.of(String.valueOf(server.port()), NAMESPACE, "node-a", prefix);
        }

        @Override
        public void restartEngine() throws Exception {
            server.kill();
            server.restart();
        }
    }
}
