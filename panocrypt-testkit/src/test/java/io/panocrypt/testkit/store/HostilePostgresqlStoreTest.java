package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.MutableClock;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract with the server's own clock and with unusual data sources. */
@Tag("long")
class HostilePostgresqlStoreTest {
    /** One connection for the writer, one for all readers. */
    private static final int TINY = 2;

    private static final int POOL = 8;

    @Nested
    class WithATinyPool extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.hostile(clock, TINY, UnaryOperator.identity());
        }
    }

    @Nested
    class WithAutoCommitOff extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.hostile(clock, POOL, Interference::withoutAutoCommit);
        }
    }

    @Nested
    class OnASlowServer extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws SQLException {
            return PostgresqlFixture.hostile(clock, POOL, source -> Interference.between(source, new SlowServer()));
        }
    }

    /** Delays each begin and commit by 3 ms. */
    private static final class SlowServer implements Interference {
        @Override
        public void before(String sql) {
            if (sql.startsWith("BEGIN") || sql.equals("COMMIT")) {
                LockSupport.parkNanos(3_000_000);
            }
        }

        @Override
        public void after(String sql) {
            // Only the time before the statement is delayed.
        }
    }
}
