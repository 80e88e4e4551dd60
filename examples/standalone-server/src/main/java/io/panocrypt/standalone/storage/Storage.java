package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.standalone.common.StartupException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The location of the state, and the name of this node.
 *
 * @param files the data directory; contains the SQLite database unless PostgreSQL is used
 * @param login the PostgreSQL login; absent for SQLite
 * @param node the name of this node's chain, unique among the nodes on the same PostgreSQL database
 * @param schema what to do about the tables
 * @param timeout the maximum time of a store call
 */
public record Storage(
        DataDirectory files, Optional<JdbcLogin> login, String node, SchemaMode schema, Duration timeout) {
    /** The default timeout of {@link JdbcStore}. */
    public static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** The name of the only node on SQLite. */
    private static final String LOCAL_NODE = "main";

    /** PostgreSQL: insufficient privilege. */
    private static final String MISSING_PRIVILEGE = "42501";

    /** A SQLite database in the data directory. */
    public static Storage local(DataDirectory files) {
        return new Storage(files, Optional.empty(), LOCAL_NODE, SchemaMode.CREATE, TIMEOUT);
    }

    public Storage with(SchemaMode mode) {
        return new Storage(files, login, node, mode, timeout);
    }

    public Storage with(Duration otherTimeout) {
        return new Storage(files, login, node, schema, otherTimeout);
    }

    /**
     * Turns a store fault at startup into a refusal. If the database is only unreachable, the caller may wait for it.
     */
    public StartupException refusal(String what, StoreException fault) {
        String message = what + describe(fault);
        return login.isPresent() && DatabaseAwayException.isBehind(fault)
                ? new DatabaseAwayException(message, fault)
                : new StartupException(message, fault);
    }

    /**
     * Describes the fault in one line with the names of the options, and with its cause unless that is a plain timeout.
     */
    public static String describe(StoreException fault) {
        Throwable cause = fault.getCause();
        String line = cause == null || cause.getMessage() == null
                ? String.valueOf(fault.getMessage())
                : fault.getMessage() + ": " + cause.getMessage();
        if (cause instanceof SQLException refused && MISSING_PRIVILEGE.equals(refused.getSQLState())) {
            return line + "; to make the tables this user needs CREATE there; or let the database's owner make them"
                    + " by what 'panocrypt schema' prints, and start with --schema validate";
        }
        return line.replace("open it once with SchemaMode.CREATE", "start once with --schema create");
    }

    /** Refuses a second server on one SQLite database; on PostgreSQL the node name has this effect. */
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
