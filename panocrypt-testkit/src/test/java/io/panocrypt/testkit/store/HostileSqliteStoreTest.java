package io.panocrypt.testkit.store;

import io.panocrypt.testkit.support.MutableClock;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The contract with unusual data sources. */
class HostileSqliteStoreTest {
    @Nested
    class WithAutoCommitOff extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.hostile(clock, Interference::withoutAutoCommit);
        }
    }

    @Nested
    @Tag("long")
    class WithASlowDisk extends StoreContract {
        @Override
        protected StoreFixture open(MutableClock clock) throws IOException {
            return SqliteFixture.hostile(clock, source -> Interference.between(source, new SlowDisk()));
        }
    }

    /** Delays each commit by 3 ms. */
    private static final class SlowDisk implements Interference {
        @Override
        public void before(String sql) {
            if (sql.equals("COMMIT")) {
                LockSupport.parkNanos(3_000_000);
            }
        }

        @Override
        public void after(String sql) {
            // Only the time before the statement is delayed.
        }
    }
}
