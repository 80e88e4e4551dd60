package io.panocrypt.customstore;

import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.PolicyStore;
import io.panocrypt.testkit.StoreFixture;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store behind a prefix of its own on a server that several tests share. */
final class RedisFixture implements StoreFixture {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final RedisServer server;
    private final String prefix = "t" + NUMBERS.incrementAndGet() + ":";
    private final @Nullable InstantSource clock;
    private final List<RedisStore> others = new ArrayList<>();
    private RedisStore store;

    /** @param clock null for the server's own */
    RedisFixture(RedisServer server, @Nullable InstantSource clock) {
        this.server = server;
        this.clock = clock;
        this.store = node("node-a");
    }

    private RedisStore node(String name) {
        return RedisStore.open(server.address(), prefix, name, clock);
    }

    @Override
    public PolicyStore policies() {
        return store;
    }

    @Override
    public DecisionStore decisions() {
        return store;
    }

    @Override
    public String chain() {
        return "node-a";
    }

    @Override
    public boolean followsClock() {
        return clock != null;
    }

    @Override
    public boolean reopens() {
        return true;
    }

    /** The worst case: node and server are killed and start again. */
    @Override
    public void reopen() throws Exception {
        store.close();
        server.kill();
        server.startAgain();
        store = node("node-a");
    }

    @Override
    public Optional<DecisionStore> anotherNode() {
        RedisStore other = node("node-b");
        others.add(other);
        return Optional.of(other);
    }

    @Override
    public void close() throws IOException {
        others.forEach(RedisStore::close);
        store.close();
    }
}
