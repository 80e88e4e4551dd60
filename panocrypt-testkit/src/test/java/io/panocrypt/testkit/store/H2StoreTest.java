package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.race.ServiceRaceContract;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class H2StoreTest {
    @Nested
    class AsStore extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return new H2Fixture(clock);
        }
    }

    @Nested
    @Tag("long")
    class UnderARacingService extends ServiceRaceContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return new H2Fixture(clock);
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
                // There is nothing to release.
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        };
        Logger logger = Logger.getLogger("io.panocrypt.policy.store.jdbc.H2Ordering");
        logger.addHandler(handler);
        DataSource source = H2Fixture.database();
        try (Connection kept = source.getConnection();
                JdbcStore store = JdbcStore.open(
                        source, Dialect.H2, "n", InstantSource.system(), JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
            assertEquals(1, store.epoch(), "in " + kept);
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(
                List.of(Level.WARNING),
                records.stream().map(LogRecord::getLevel).toList());
    }
}
