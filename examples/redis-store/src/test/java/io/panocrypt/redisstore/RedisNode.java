package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.store.CrashingNode;
import io.panocrypt.testkit.support.TestTimeout;
import java.net.URI;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A node: the whole store over connections of its own to Redis. */
final class RedisNode extends ForwardingStore implements AutoCloseable {
    private final RedisEntryStore entries;

    private RedisNode(RedisEntryStore entries, EntryBackedStore store) {
        super(store);
        this.entries = entries;
    }

    /** A node with the timeouts of an application. */
    static RedisNode open(URI address, String prefix, String name) {
        RedisEntryStore entries = RedisEntryStore.open(address, prefix);
        return new RedisNode(entries, new EntryBackedStore(entries, name));
    }

    /**
     * A node on a Redis that is there, which no busy machine makes fail.
     *
     * @param clock null for the server's clock
     */
    static RedisNode open(URI address, String prefix, String name, @Nullable InstantSource clock) {
        RedisEntryStore entries = RedisEntryStore.open(address, prefix, clock, TestTimeout.MAX);
        return new RedisNode(entries, new EntryBackedStore(entries, name, TestTimeout.MAX));
    }

    /** A node in a process of its own. Arguments: the address of Redis, the prefix, the node's name, the prefix of ids. */
    public static void main(String[] arguments) {
        URI address = URI.create(arguments[0]);
        RedisNode node = CrashingNode.retry(() -> open(address, arguments[1], arguments[2]));
        CrashingNode.run(node, arguments[3], true);
    }

    RedisEntryStore entries() {
        return entries;
    }

    @Override
    public void close() {
        entries.close();
    }
}
