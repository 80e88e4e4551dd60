package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.standalone.common.StartupException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Where the state is, and who this node is.
 *
 * @param files the data directory, which holds the SQLite database unless there is another one
 * @param login of a PostgreSQL server; absent for SQLite
 * @param node the name of this node's chain, unique among those that run on the same PostgreSQL
 * @param schema what to do about the tables
 * @param timeout when a call of the store is given up
 */
public record Storage(
        DataDirectory files, Optional<JdbcLogin> login, String node, SchemaMode schema, Duration timeout) {
    /** As {@link JdbcStore} has it. */
    public static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** One machine, one chain. */
    private static final String LOCAL_NODE = "main";

    /** SQLite in the data directory. */
    public static Storage local(DataDirectory files) {
        return new Storage(files, Optional.empty(), LOCAL_NODE, SchemaMode.CREATE, TIMEOUT);
    }

    public Storage with(SchemaMode mode) {
        return new Storage(files, login, node, mode, timeout);
    }

    public Storage with(Duration otherTimeout) {
        return new Storage(files, login, node, schema, otherTimeout);
    }

    /** What a start says of a fault of the store: a server that is away may be waited for. */
    public StartupException refusal(String what, StoreException fault) {
        String message = what + describe(fault);
        return login.isPresent() && DatabaseAwayException.isBehind(fault)
                ? new DatabaseAwayException(message, fault)
                : new StartupException(message, fault);
    }

    /**
     * In one line and in the words of the options, with its cause where that has something to say: what a time-out throws has
     * not.
     */
    public static String describe(StoreException fault) {
        Throwable cause = fault.getCause();
        String line = cause == null || cause.getMessage() == null
                ? String.valueOf(fault.getMessage())
                : fault.getMessage() + ": " + cause.getMessage();
        return line.replace("open it once with SchemaMode.CREATE", "start once with --schema create");
    }

    /** Refuses a second server on one SQLite database; on PostgreSQL the node's name does. */
    public Optional<ServerLock> lockForServer() {
        if (login.isPresent()) {
            return Optional.empty();
        }
        files.create();
        return Optional.of(ServerLock.take(files.directory()));
    }

    HikariDataSource openPool() {
        return login.isPresent() ? login.get().openPool() : files.openDatabase();
    }

    JdbcStore openStore(HikariDataSource pool) {
        InstantSource clock = InstantSource.system();
        return login.isPresent()
                ? JdbcStore.open(
                        new FailFastSource(
                                pool,
                                login.get()::tryToConnect,
                                () -> pool.getHikariPoolMXBean().softEvictConnections()),
                        Dialect.POSTGRESQL,
                        node,
                        clock,
                        schema,
                        timeout)
                : JdbcStore.open(pool, Dialect.SQLITE, node, clock, schema, timeout);
    }
}
