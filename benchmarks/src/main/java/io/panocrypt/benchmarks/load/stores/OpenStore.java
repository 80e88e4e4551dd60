package io.panocrypt.benchmarks.load.stores;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.etcd.jetcd.Client;
import io.panocrypt.benchmarks.load.server.ProcessTree;
import io.panocrypt.etcdstore.EtcdEntryStore;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.redisstore.RedisEntryStore;
import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.standalone.storage.PreparedSqlite;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.LowPorts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** An empty store with the engine that it needs, started for it. */
final class OpenStore implements AutoCloseable {
    private static final String NODE = "node-1";

    /** As many as the server has. */
    private static final int SQLITE_CONNECTIONS = 8;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Optional<ProcessTree> engine = Optional.empty();
    private InstantSource clock = InstantSource.system();
    private final ForwardingStore store;

    private OpenStore(StoreKind kind, Path folder) throws Exception {
        try {
            store = open(kind, folder);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /**
     * Starts what the store needs, and opens it.
     *
     * @param parent where its files go, in a new folder
     * @return empty if the engine is not installed
     */
    static Optional<OpenStore> open(Path parent, StoreKind kind) throws Exception {
        boolean installed = switch (kind) {
            case MEMORY, SQLITE -> true;
            case POSTGRESQL -> DebianPostgresql.isInstalled();
            case REDIS -> Engine.program("redis-server").isPresent();
            case ETCD -> Engine.program("etcd").isPresent();
        };
        return installed
                ? Optional.of(new OpenStore(kind, Files.createDirectories(parent.resolve(kind.title()))))
                : Optional.empty();
    }

    private ForwardingStore open(StoreKind kind, Path folder) throws Exception {
        return switch (kind) {
            case MEMORY -> new MemoryStore(clock, NODE);
            case SQLITE -> sqlite(folder);
            case POSTGRESQL -> postgresql(folder);
            case REDIS -> redis(folder);
            case ETCD -> etcd(folder);
        };
    }

    private ForwardingStore sqlite(Path folder) {
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(new PreparedSqlite("jdbc:sqlite:" + folder.resolve("panocrypt.db")));
        pool.setMaximumPoolSize(SQLITE_CONNECTIONS);
        return jdbc(keep(new HikariDataSource(pool)), Dialect.SQLITE);
    }

    private ForwardingStore postgresql(Path folder) throws Exception {
        DebianPostgresql server = keep(DebianPostgresql.start(folder));
        engine = Optional.of(new ProcessTree(server.process()));
        String url = JdbcLogin.PREFIX + "//127.0.0.1:" + server.port() + "/postgres";
        JdbcLogin login = new JdbcLogin(url, Optional.of(DebianPostgresql.USER), Optional::empty);
        return jdbc(keep(login.openPool()), Dialect.POSTGRESQL);
    }

    private ForwardingStore jdbc(DataSource source, Dialect dialect) {
        return new ForwardingStore(keep(JdbcStore.open(source, dialect, NODE, clock, SchemaMode.CREATE)));
    }

    private ForwardingStore redis(Path folder) throws Exception {
        int port = LowPorts.free();
        List<String> command = List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "");
        start(command, port, folder);
        RedisEntryStore entries = keep(RedisEntryStore.open(URI.create("redis://127.0.0.1:" + port), "panocrypt:"));
        clock = entries.clock();
        return new ForwardingStore(new EntryBackedStore(entries, NODE));
    }

    private ForwardingStore etcd(Path folder) throws Exception {
        int port = LowPorts.free();
        String url = "http://127.0.0.1:" + port;
        String peers = "http://127.0.0.1:" + LowPorts.free();
        List<String> command = List.of(
                "etcd",
                "--data-dir",
                folder.resolve("data").toString(),
                "--listen-client-urls",
                url,
                "--advertise-client-urls",
                url,
                "--listen-peer-urls",
                peers,
                "--initial-advertise-peer-urls",
                peers,
                "--initial-cluster",
                "default=" + peers,
                "--auto-compaction-mode",
                "periodic",
                "--auto-compaction-retention",
                "10m");
        start(command, port, folder);
        EtcdEntryStore entries = keep(EtcdEntryStore.open(Client.builder().endpoints(url)));
        return new ForwardingStore(new EntryBackedStore(entries, NODE));
    }

    private void start(List<String> command, int port, Path folder) throws Exception {
        engine = Optional.of(
                keep(Engine.start(command, port, folder.resolve("log"))).processes());
    }

    private <T extends AutoCloseable> T keep(T one) {
        opened.push(one);
        return one;
    }

    ForwardingStore store() {
        return store;
    }

    /** The clock of the nodes: the store's own, where it has one for them. */
    InstantSource clock() {
        return clock;
    }

    /** Processor time of the engine's processes so far, in milliseconds; 0 if it has none of its own. */
    long engineMillis() {
        return engine.map(ProcessTree::processorMillis).orElse(0L);
    }

    /** Memory of the engine's processes in KiB; 0 if it has none of its own. */
    long engineKib() {
        return engine.map(ProcessTree::memoryKib).orElse(0L);
    }

    /** Closes the store and ends its engine, the last opened first. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                System.err.println("a part of a store does not close: " + e);
            }
        }
    }
}
