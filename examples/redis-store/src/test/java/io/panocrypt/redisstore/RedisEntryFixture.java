package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.testkit.entry.EntryStoreFixture;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An entry store with its own prefix on a server that several tests share. */
final class RedisEntryFixture implements EntryStoreFixture {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final RedisServer server;
    private final String prefix = "t" + NUMBERS.incrementAndGet() + ":";
    private final @Nullable InstantSource clock;
    private final List<RedisEntryStore> others = new ArrayList<>();
    private RedisEntryStore store;

    /** @param clock null for the server's clock */
    RedisEntryFixture(RedisServer server, @Nullable InstantSource clock) {
        this.server = server;
        this.clock = clock;
        this.store = open();
    }

    private RedisEntryStore open() {
        return RedisEntryStore.open(server.address(), prefix, clock, TestTimeout.MAX);
    }

    @Override
    public EntryStore store() {
        return store;
    }

    @Override
    public boolean followsClock() {
        return clock != null;
    }

    @Override
    public Optional<EntryStore> anotherNode() {
        RedisEntryStore other = open();
        others.add(other);
        return Optional.of(other);
    }

    @Override
    public boolean reopens() {
        return true;
    }

    /** The worst case: node and server are killed and restarted. */
    @Override
    public void reopen() throws Exception {
        store.close();
        server.kill();
        server.startAgain();
        store = open();
    }

    @Override
    public void close() {
        others.forEach(RedisEntryStore::close);
        store.close();
    }
}
