package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.FailFastSource;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.standalone.common.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The location of the state, and the name of this node.
 *
 * @param files the data directory; contains the SQLite database unless PostgreSQL is used
 * @param login the PostgreSQL login; absent for SQLite
 * @param node the name of this node's chain, unique among the nodes on the same PostgreSQL database
 * @param settings the tables, and the maximum time of a store call
 */
public record Storage(DataDirectory files, Optional<JdbcLogin> login, String node, JdbcSettings settings) {
    /** The name of the only node on SQLite. */
    private static final String LOCAL_NODE = "main";

    /** PostgreSQL: insufficient privilege. */
    private static final String MISSING_PRIVILEGE = "42501";

    /** A SQLite database in the data directory. */
    public static Storage local(DataDirectory files) {
        return new Storage(files, Optional.empty(), LOCAL_NODE, JdbcSettings.DEFAULTS);
    }

    public Storage with(JdbcSettings others) {
        return new Storage(files, login, node, others);
    }

    /** The same storage with another source of the master key. */
    public Storage withMasterKey(Supplier<MasterKey> source) {
        return new Storage(files.withMasterKey(source), login, node, settings);
    }

    public Storage with(SchemaMode mode) {
        return with(settings.with(mode));
    }

    public Storage with(Duration timeout) {
        return with(settings.with(timeout));
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

    /** What shows whether the database was replaced by an older copy; empty on PostgreSQL, which has other nodes too. */
    public Optional<LastCheckpoint> lastCheckpoint() {
        return login.isPresent() ? Optional.empty() : Optional.of(new LastCheckpoint(files));
    }

    /** Refuses a data directory without a database, in which a new site would be created. */
    public void requireDatabase() {
        if (login.isEmpty() && !Files.exists(files.databaseFile())) {
            throw StartupException.usage(List.of("there is no database in " + files.directory()
                    + ": give --data as the server has it, and --jdbc-url if the server has that option"));
        }
    }

    /** Refuses the log of a database that is gone: SQLite would write it into the next one. */
    void refuseRemains() {
        for (String suffix : List.of("-wal", "-journal")) {
            Path remains = files.directory().resolve(files.databaseFile().getFileName() + suffix);
            if (login.isEmpty() && !Files.exists(files.databaseFile()) && Files.exists(remains)) {
                throw new StartupException(remains + " belongs to a database that is gone: move it away");
            }
        }
    }

    /** Refuses a second server on one SQLite database; on PostgreSQL the node name has this effect. */
    public Optional<ServerLock> lockForServer() {
        if (login.isPresent()) {
            return Optional.empty();
        }
        files.create();
        return Optional.of(ServerLock.take(files.directory()));
    }

    /** The pool for {@link #openStore}; empty for SQLite, whose store needs none. */
    Optional<HikariDataSource> openPool() {
        return login.map(JdbcLogin::openPool);
    }

    /** Opens the store; the caller closes it, and then the pool. */
    JdbcStore openStore(Optional<HikariDataSource> pool) {
        InstantSource clock = InstantSource.system();
        if (login.isEmpty() || pool.isEmpty()) {
            files.checkDatabase();
            return JdbcStore.openSqlite(files.databaseFile(), node, clock, settings);
        }
        HikariDataSource connections = pool.get();
        return JdbcStore.open(
                new FailFastSource(
                        connections,
                        login.get()::tryToConnect,
                        () -> connections.getHikariPoolMXBean().softEvictConnections()),
                Dialect.POSTGRESQL,
                node,
                clock,
                settings);
    }
}
