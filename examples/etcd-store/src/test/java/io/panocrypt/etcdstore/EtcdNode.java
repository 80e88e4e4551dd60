package io.panocrypt.etcdstore;

import io.etcd.jetcd.ClientBuilder;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.testkit.store.CrashingNode;

/** A node: the whole store over a client of its own of etcd. */
final class EtcdNode extends ForwardingStore implements AutoCloseable {
    private final EtcdEntryStore entries;

    private EtcdNode(EtcdEntryStore entries, String name) {
        super(new EntryBackedStore(entries, name));
        this.entries = entries;
    }

    static EtcdNode open(ClientBuilder etcd, String name) {
        return new EtcdNode(EtcdEntryStore.open(etcd), name);
    }

    @Override
    public void close() {
        entries.close();
    }

    /** A program for {@link CrashingNode}. Arguments: etcd's port, the namespace, the node's name, the prefix of ids. */
    public static void main(String[] arguments) {
        ClientBuilder etcd = EtcdServer.client(Integer.parseInt(arguments[0]), arguments[1]);
        CrashingNode.run(CrashingNode.retry(() -> open(etcd, arguments[2])), arguments[3], true);
    }
}
