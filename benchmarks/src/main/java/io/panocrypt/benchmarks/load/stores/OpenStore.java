package io.panocrypt.benchmarks.load.stores;

import com.zaxxer.hikari.HikariDataSource;
import io.etcd.jetcd.Client;
import io.panocrypt.benchmarks.load.server.ProcessTree;
import io.panocrypt.etcdstore.EtcdEntryStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.FailFastSource;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.redisstore.RedisEntryStore;
import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.LoopbackServer;
import io.panocrypt.testkit.support.LowPorts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An empty store with the engine that it needs, started for it. */
final class OpenStore implements AutoCloseable {
    private static final String NODE = "node-1";

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Optional<ProcessTree> engine = Optional.empty();
    private InstantSource clock = InstantSource.system();
    private final Store store;

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
            case REDIS -> isOnPath("redis-server");
            case ETCD -> isOnPath("etcd");
        };
        return installed
                ? Optional.of(new OpenStore(
                        kind,
                        Files.createDirectories(parent.resolve(kind.title()).toAbsolutePath())))
                : Optional.empty();
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private Store open(StoreKind kind, Path folder) throws Exception {
        return switch (kind) {
            case MEMORY -> new MemoryStore(clock, NODE);
            case SQLITE -> sqlite(folder);
            case POSTGRESQL -> postgresql(folder);
            case REDIS -> redis(folder);
            case ETCD -> etcd(folder);
        };
    }

    private Store sqlite(Path folder) {
        return keep(JdbcStore.openSqlite(folder.resolve("panocrypt.db"), NODE, clock, JdbcSettings.DEFAULTS));
    }

    private Store postgresql(Path folder) throws Exception {
        DebianPostgresql server = keep(DebianPostgresql.start(folder));
        engine = Optional.of(new ProcessTree(server.process()));
        String url = JdbcLogin.PREFIX + "//127.0.0.1:" + server.port() + "/postgres";
        JdbcLogin login = new JdbcLogin(url, Optional.of(DebianPostgresql.USER), Optional::empty);
        HikariDataSource pool = keep(login.openPool());
        FailFastSource source = new FailFastSource(
                pool, login::tryToConnect, () -> pool.getHikariPoolMXBean().softEvictConnections());
        return keep(JdbcStore.open(source, Dialect.POSTGRESQL, NODE, clock, SchemaMode.CREATE));
    }

    private Store redis(Path folder) throws Exception {
        LoopbackServer server = start(
                port -> List.of(
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
                        ""),
                "Ready to accept connections");
        RedisEntryStore entries =
                keep(RedisEntryStore.open(URI.create("redis://127.0.0.1:" + server.port()), "panocrypt:"));
        clock = entries.clock();
        return new EntryBackedStore(entries, NODE);
    }

    private Store etcd(Path folder) throws Exception {
        LoopbackServer server = start(
                port -> {
                    String url = loopback(port);
                    String peers = loopback(LowPorts.free());
                    return List.of(
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
                            "10m",
                            "--logger",
                            "zap",
                            "--log-outputs",
                            "stderr");
                },
                "serving client traffic insecurely");
        EtcdEntryStore entries = keep(EtcdEntryStore.open(Client.builder().endpoints(loopback(server.port()))));
        return new EntryBackedStore(entries, NODE);
    }

    private static String loopback(int port) {
        return "http://127.0.0.1:" + port;
    }

    private LoopbackServer start(LoopbackServer.Command command, String ready) throws Exception {
        LoopbackServer server = keep(new LoopbackServer(command, ready));
        engine = Optional.of(new ProcessTree(server.process()));
        return server;
    }

    /** Adds what rests on the store, to be closed before it. */
    <T extends AutoCloseable> T keep(T one) {
        opened.push(one);
        return one;
    }

    Store store() {
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
