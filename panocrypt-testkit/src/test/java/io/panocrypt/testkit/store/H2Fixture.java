package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;

/** A JDBC store with a table prefix, beside another store in the same database that stays empty. */
final class H2Fixture extends SharedStoreFixture {
    private final JdbcConnectionPool source = database();
    private final MutableClock clock;
    private final Connection kept;
    private final JdbcStore neighbour;

    H2Fixture(MutableClock clock) throws SQLException {
        this.clock = clock;
        this.kept = source.getConnection();
        this.neighbour = open("node-a", JdbcSettings.DEFAULTS);
    }

    /** A database in memory, which lasts until its last connection is closed. */
    static JdbcConnectionPool database() {
        return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    }

    @Override
    protected JdbcStore open(String node) {
        return open(node, JdbcSettings.DEFAULTS.withTablePrefix("tenant_2_"));
    }

    private JdbcStore open(String node, JdbcSettings settings) {
        return JdbcStore.open(source, Dialect.H2, node, clock, settings.with(TestTimeout.MAX));
    }

    private void checkNeighbour() {
        try (neighbour) {
            assertEquals(1, neighbour.epoch());
            assertEquals(List.of(), neighbour.heads());
            assertEquals(List.of(), neighbour.scan(PolicyRecord.DEVICE, null, null, 1));
            assertEquals(List.of(), neighbour.waiting(1));
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        checkNeighbour();
        try {
            kept.close();
        } catch (SQLException e) {
            throw new IOException(e);
        }
        source.dispose();
    }
}
