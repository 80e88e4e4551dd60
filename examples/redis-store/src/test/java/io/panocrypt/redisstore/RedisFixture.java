package io.panocrypt.redisstore;

import io.panocrypt.testkit.store.SharedStoreFixture;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store with its own prefix on a server that several tests share. */
final class RedisFixture extends SharedStoreFixture<RedisNode> {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final RedisServer server;
    private final String prefix = newPrefix();
    private final @Nullable InstantSource clock;

    /** @param clock null for the server's clock */
    RedisFixture(RedisServer server, @Nullable InstantSource clock) {
        this.server = server;
        this.clock = clock;
    }

    static String newPrefix() {
        return "t" + NUMBERS.incrementAndGet() + ":";
    }

    @Override
    protected RedisNode open(String node) {
        return RedisNode.open(server.address(), prefix, node, clock);
    }

    @Override
    public boolean followsClock() {
        return clock != null;
    }

    /** The worst case: node and server are killed and restarted. */
    @Override
    protected void betweenOpenings() throws Exception {
        server.kill();
        server.startAgain();
    }
}
