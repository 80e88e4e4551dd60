package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.PolicyStore;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.DecisionStoreContract;
import io.panocrypt.testkit.MutableClock;
import io.panocrypt.testkit.PolicyStoreContract;
import io.panocrypt.testkit.ServiceRaceContract;
import io.panocrypt.testkit.StoreFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class H2StoreTest {
    @Nested
    class AsDecisionStore extends DecisionStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new Fixture(clock);
        }
    }

    @Nested
    class AsPolicyStore extends PolicyStoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new Fixture(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) {
            return new Fixture(clock);
        }
    }

    @Test
    void warnsThatItDoesNotSync() throws SQLException {
        List<LogRecord> records = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord told) {
                records.add(told);
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger logger = Logger.getLogger("io.panocrypt.policy.store.jdbc.H2Turns");
        logger.addHandler(handler);
        DataSource source = database();
        try (Connection kept = source.getConnection();
                JdbcStore store = JdbcStore.open(source, Dialect.H2, "n", InstantSource.system(), SchemaMode.CREATE)) {
            assertEquals(1, store.epoch(), "in " + kept);
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(
                List.of(Level.WARNING),
                records.stream().map(LogRecord::getLevel).toList());
    }

    /** In memory, until its last connection is closed. */
    private static JdbcConnectionPool database() {
        return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    }

    /** A JDBC store on a database of its own. */
    private static final class Fixture implements StoreFixture {
        private final JdbcConnectionPool source = database();
        private final MutableClock clock;
        private final List<JdbcStore> others = new ArrayList<>();
        private final Connection kept;
        private JdbcStore store;

        Fixture(MutableClock clock) {
            this.clock = clock;
            try {
                this.kept = source.getConnection();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            this.store = node("node-a");
        }

        private JdbcStore node(String name) {
            return JdbcStore.open(source, Dialect.H2, name, clock, SchemaMode.CREATE);
        }

        @Override
        public PolicyStore policies() {
            return store;
        }

        @Override
        public DecisionStore decisions() {
            return store;
        }

        @Override
        public String chain() {
            return "node-a";
        }

        @Override
        public boolean reopens() {
            return true;
        }

        @Override
        public void reopen() {
            store.close();
            store = node("node-a");
        }

        @Override
        public Optional<DecisionStore> anotherNode() {
            JdbcStore other = node("node-b");
            others.add(other);
            return Optional.of(other);
        }

        @Override
        public void close() {
            others.forEach(JdbcStore::close);
            store.close();
            try {
                kept.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            source.dispose();
        }
    }
}
