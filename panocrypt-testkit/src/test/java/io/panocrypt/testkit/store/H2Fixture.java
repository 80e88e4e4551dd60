package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

/** A JDBC store on its own database. */
final class H2Fixture extends SharedStoreFixture<JdbcStore> {
    private final JdbcConnectionPool source = database();
    private final MutableClock clock;
    private final Connection kept;

    H2Fixture(MutableClock clock) throws SQLException {
        this.clock = clock;
        this.kept = source.getConnection();
    }

    /** A database in memory, which lasts until its last connection is closed. */
    static JdbcConnectionPool database() {
        return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    }

    @Override
    protected JdbcStore open(String node) {
        return JdbcStore.open(source, Dialect.H2, node, clock, SchemaMode.CREATE, TestTimeout.MAX);
    }

    @Override
    public void close() throws IOException {
        super.close();
        try {
            kept.close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
        source.dispose();
    }
}
