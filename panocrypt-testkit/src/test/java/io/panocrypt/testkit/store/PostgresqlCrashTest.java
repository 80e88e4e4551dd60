package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Kills a node, Debian's PostgreSQL, or both, while two nodes edit and spend from one grant, and checks what is left.
 */
class PostgresqlCrashTest {
    private static final String SURVIVOR = "node-b";

    @Test
    void keepsWhatWasCommittedOverTwoKills() throws Exception {
        crash(1, 1);
    }

    /** Most kills hit the server, since starting a node takes longer than the server's recovery. */
    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverManyKills() throws Exception {
        int serverKills = 3;
        crash(Integer.getInteger("panocrypt.kills", 80) / (serverKills + 1), serverKills);
    }

    @Test
    void refusesAServerThatDoesNotSync() throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start()) {
            server.put("postgresql.auto.conf", "fsync = off\n".getBytes(StandardCharsets.US_ASCII));
            server.kill();
            server.restart();
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(url(server));
            StoreException refusal = assertThrows(
                    StoreException.class,
                    () -> JdbcStore.open(source, Dialect.POSTGRESQL, "n", InstantSource.system(), SchemaMode.CREATE));
            assertTrue(refusal.getMessage().contains("fsync is off"), refusal.getMessage());
        }
    }

    private static void crash(int lives, int serverKills) throws Exception {
        try (DebianPostgresql server = DebianPostgresql.start();
                HikariDataSource pool = JdbcNode.pool(url(server));
                JdbcStore survivor = CrashingNode.retry(() -> JdbcStore.open(
                        pool, Dialect.POSTGRESQL, SURVIVOR, InstantSource.system(), SchemaMode.CREATE))) {
            assertEquals("on/on", settings(pool), "this server would lose what it has committed");
            CrashRounds.run(new Site(server, survivor), lives, serverKills);
            assertEquals(2, survivor.heads().size());
        }
    }

    private record Site(DebianPostgresql server, Store survivor) implements CrashSite {
        @Override
        public Class<?> program() {
            return JdbcNode.class;
        }

        @Override
        public List<String> arguments(String prefix) {
            return List.of(url(server), prefix);
        }

        @Override
        public void restartEngine() throws Exception {
            server.kill();
            server.restart();
        }
    }

    private static String url(DebianPostgresql server) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=" + DebianPostgresql.USER
                + "&connectTimeout=2&socketTimeout=10";
    }

    private static String settings(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT current_setting('fsync') || '/' || current_setting('synchronous_commit')")) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }
}
