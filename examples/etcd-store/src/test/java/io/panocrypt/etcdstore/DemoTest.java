package io.panocrypt.etcdstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresTools("etcd")
class DemoTest {
    @Test
    void runsOnANewStoreAndOnTheOneItLeft(@TempDir Path folder) throws Exception {
        Path masterKey = folder.resolve("master-key");
        try (EtcdServer server = EtcdServer.start(folder)) {
            assertTrue(Demo.run(server.address(), masterKey));
            server.kill();
            server.restart();
            assertTrue(Demo.run(server.address(), masterKey));
        }
    }
}
