package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.testkit.store.CrashRounds;
import io.panocrypt.testkit.store.CrashSite;
import io.panocrypt.testkit.support.RequiresTools;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a node, Redis, or both, while two nodes edit and spend from one grant, and checks what is left. */
@RequiresTools("redis-server")
class RedisCrashTest {
    private static final String PREFIX = "crash:";

    /** Small files, so that a kill often hits a rewrite. */
    private static final List<String> OPTIONS = List.of(
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--auto-aof-rewrite-min-size",
            "32kb",
            "--auto-aof-rewrite-percentage",
            "10");

    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasCommittedOverTenKills() throws Exception {
        crash(2, 4);
    }

    /** Most kills hit Redis, since starting a node takes longer than its recovery. */
    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverAHundredKills() throws Exception {
        crash(17, 5);
    }

    private void crash(int lives, int redisKills) throws Exception {
        try (RedisServer server = RedisServer.with(folder, OPTIONS);
                RedisNode survivor = RedisNode.open(server.address(), PREFIX, "node-2")) {
            CrashRounds.run(new Site(server, survivor), lives, redisKills);
        }
    }

    private record Site(RedisServer server, Store survivor) implements CrashSite {
        @Override
        public Class<?> program() {
            return RedisNode.class;
        }

        @Override
        public List<String> arguments(String prefix) {
            return List.of(server.address().toString(), PREFIX, "node-1", prefix);
        }

        @Override
        public void restartEngine() throws Exception {
            server.kill();
            server.restart();
        }
    }
}
