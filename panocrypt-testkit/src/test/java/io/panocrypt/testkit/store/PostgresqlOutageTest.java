package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.DebianPostgresql;
import io.panocrypt.testkit.support.TestTimeout;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A stopped PostgreSQL delays a request by at most its timeout, and the store recovers with it. */
class PostgresqlOutageTest {
    /** Far above the store's 2 s, and below the driver's. */
    private static final Duration LONG = TestTimeout.MAX;

    private static final Duration DRIVERS = Duration.ofMinutes(10);

    private static void failsSoonerThanTheDriverWould(Executable call) {
        assertTimeoutPreemptively(LONG, () -> assertThrows(StoreException.class, call));
    }

    private static JournalEntry entry(String id) {
        return new JournalEntry(id, JournalEntry.Kind.UNLOCK, Instant.EPOCH, "dev-1", "{}");
    }

    @Test
    void refusesSoonWhileTheServerStandsStillAndGoesOnAfterwards() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start();
                HikariDataSource pool = JdbcNode.pool("jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user="
                        + DebianPostgresql.USER + "&connectTimeout=2&socketTimeout=" + DRIVERS.toSeconds());
                // Connecting on a busy machine may take longer than that pool waits.
                JdbcStore store = CrashingNode.retry(() -> JdbcStore.open(
                        pool, Dialect.POSTGRESQL, "node-a", InstantSource.system(), SchemaMode.CREATE))) {
            awaitThatItGoesOn(store, "before");
            server.freeze();
            try {
                failsSoonerThanTheDriverWould(() -> store.snapshot("token:none"));
                failsSoonerThanTheDriverWould(() -> store.find("device", "token:none"));
                failsSoonerThanTheDriverWould(
                        () -> store.write(StoreWrite.of(entry("meanwhile")).build()));
                failsSoonerThanTheDriverWould(store::epoch);
            } finally {
                server.thaw();
            }
            awaitThatItGoesOn(store, "after");
            assertEquals("node-a", CrashingNode.retry(store::heads).get(0).chain());
        }
    }

    private static void awaitThatItGoesOn(JdbcStore store, String id) {
        assertTimeoutPreemptively(
                LONG,
                () -> CrashingNode.retry(() -> {
                    store.write(StoreWrite.of(entry(id)).build());
                    return store.snapshot("token:none").isEmpty();
                }));
    }
}
