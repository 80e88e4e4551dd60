package io.panocrypt.redisstore;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresTools("redis-server")
class DemoTest {
    @Test
    void runsOnANewStoreAndOnTheOneItLeft(@TempDir Path folder) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path masterKey = folder.resolve("master-key");
        try (RedisServer server = RedisServer.durable(data)) {
            assertTrue(Demo.run(server.address(), masterKey));
            server.kill();
            server.restart();
            assertTrue(Demo.run(server.address(), masterKey));
        }
    }
}
