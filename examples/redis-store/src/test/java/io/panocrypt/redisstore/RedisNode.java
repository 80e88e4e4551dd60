package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.store.CrashingNode;
import java.net.URI;

/** A node: the whole store over connections of its own to Redis. */
final class RedisNode extends ForwardingStore implements AutoCloseable {
    private final RedisEntryStore entries;

    private RedisNode(RedisEntryStore entries, String name) {
        super(new EntryBackedStore(entries, name));
        this.entries = entries;
    }

    /** A node with the timeouts of an application. */
    static RedisNode open(URI address, String prefix, String name) {
        return new RedisNode(RedisEntryStore.open(address, prefix), name);
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
