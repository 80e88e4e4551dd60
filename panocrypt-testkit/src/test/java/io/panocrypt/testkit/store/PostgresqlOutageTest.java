package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.DebianPostgresql;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A PostgreSQL that stands still costs a request no more than its patience, and the store goes on when it goes on. */
class PostgresqlOutageTest {
    /** Below the driver's own 10 s, and far above the store's 2 s. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private static final Duration LONG = Duration.ofSeconds(60);

    private static void failsSoon(Executable call) {
        long start = System.nanoTime();
        assertThrows(StoreException.class, call);
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(took < SOON.toMillis(), "took " + took + " ms");
    }

    private static JournalEntry entry(String id) {
        return new JournalEntry(id, JournalEntry.Kind.UNLOCK, Instant.EPOCH, "dev-1", "{}");
    }

    @Test
    void refusesSoonWhileTheServerStandsStillAndGoesOnAfterwards() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start();
                HikariDataSource pool = CrashingNode.pool("jdbc:postgresql://127.0.0.1:" + server.port()
                        + "/postgres?user=" + DebianPostgresql.USER + "&connectTimeout=2&socketTimeout=10");
                JdbcStore store =
                        JdbcStore.open(pool, Dialect.POSTGRESQL, "node-a", InstantSource.system(), SchemaMode.CREATE)) {
            store.append(entry("before"));
            assertTrue(store.snapshot("token:none").isEmpty());
            server.freeze();
            try {
                failsSoon(() -> store.snapshot("token:none"));
                failsSoon(() -> store.find("device", "token:none"));
                failsSoon(() -> store.append(entry("meanwhile")));
                failsSoon(store::epoch);
            } finally {
                server.thaw();
            }
            long deadline = System.nanoTime() + LONG.toNanos();
            while (!goesOn(store)) {
                assertTrue(System.nanoTime() < deadline, "it does not go on");
            }
            assertTrue(store.snapshot("token:none").isEmpty());
            assertEquals("node-a", store.heads().get(0).chain());
        }
    }

    private static boolean goesOn(JdbcStore store) {
        try {
            store.append(entry("after"));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }
}
