package io.panocrypt.testkit.store;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A JDBC store in its own schema, which is dropped at the end. */
final class PostgresqlFixture extends SharedStoreFixture {
    private static final int POOL = 8;

    /** Long, so a busy machine causes no failures. */
    private static final Duration TIMEOUT = TestTimeout.MAX;

    private final String schema;
    private final MutableClock clock;
    private final int poolSize;
    private final boolean movesTime;
    private final UnaryOperator<DataSource> hostility;
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final DataSource source;

    private PostgresqlFixture(MutableClock clock, int poolSize, boolean movesTime, UnaryOperator<DataSource> hostility)
            throws SQLException {
        this.schema = PostgresqlServer.get().newSchema();
        this.clock = clock;
        this.poolSize = poolSize;
        this.movesTime = movesTime;
        this.hostility = movesTime ? new ServerClock(clock, serverClockPool())::between : hostility;
        this.source = newSource();
    }

    /** A store on a server whose clock the contract sets. */
    static PostgresqlFixture following(MutableClock clock) throws SQLException {
        return new PostgresqlFixture(clock, POOL, true, UnaryOperator.identity());
    }

    /** A store on a server with its own clock, with a small pool of connections that have the given problem. */
    static PostgresqlFixture hostile(MutableClock clock, int poolSize, UnaryOperator<DataSource> hostility)
            throws SQLException {
        return new PostgresqlFixture(clock, poolSize, false, hostility);
    }

    private DataSource serverClockPool() {
        HikariDataSource pool = PostgresqlServer.get().pool(schema, 2);
        pools.add(pool);
        return pool;
    }

    private DataSource newSource() {
        HikariDataSource pool = PostgresqlServer.get().pool(schema, poolSize);
        pools.add(pool);
        return hostility.apply(pool);
    }

    /** The second node represents another process, so it shares no pool. */
    @Override
    protected JdbcStore open(String node) {
        DataSource connections = node.equals("node-a") ? source : newSource();
        return JdbcStore.open(connections, Dialect.POSTGRESQL, node, clock, JdbcSettings.DEFAULTS.with(TIMEOUT));
    }

    @Override
    public boolean followsClock() {
        return movesTime;
    }

    @Override
    public void close() throws IOException {
        super.close();
        pools.forEach(HikariDataSource::close);
        try {
            PostgresqlServer.get().drop(schema);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
