package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Databases that cannot store what the store writes, or that forbid it. */
class PostgresqlFitnessTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private String schema;
    private HikariDataSource pool;

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
        pool = PostgresqlServer.get().pool(schema, 4);
    }

    @AfterEach
    void dropSchema() throws SQLException {
        pool.close();
        PostgresqlServer.get().drop(schema);
    }

    private static JdbcStore open(DataSource source, SchemaMode mode) {
        return JdbcStore.open(
                source,
                Dialect.POSTGRESQL,
                "n",
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(mode).with(TIMEOUT));
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private DataSource as(String role, String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(PostgresqlServer.get()
                .url(schema)
                .replace("/postgres?", "/" + database + "?")
                .replace("user=postgres", "user=" + role));
        return source;
    }

    @Test
    void refusesADatabaseThatKeepsNoUnicode() throws SQLException {
        String database = schema + "_latin1";
        run("CREATE DATABASE " + database + " ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        try {
            DataSource latin = as("postgres", database);
            StoreException refusal = assertThrows(StoreException.class, () -> open(latin, SchemaMode.CREATE));
            assertTrue(refusal.getMessage().contains("LATIN1"), refusal.getMessage());
            try (Connection connection = latin.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet tables =
                            statement.executeQuery("SELECT COUNT(*) FROM pg_class WHERE relname LIKE 'panocrypt%'")) {
                tables.next();
                assertEquals(0, tables.getInt(1), "nothing was made");
            }
        } finally {
            run("DROP DATABASE " + database + " WITH (FORCE)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT, panocrypt_schema",
        "INSERT, panocrypt_node",
        "UPDATE, panocrypt_meta",
        "DELETE, panocrypt_record",
        "INSERT, panocrypt_unique_term",
        "DELETE, panocrypt_term",
        "UPDATE, panocrypt_device_grant",
        "INSERT, panocrypt_journal",
        "INSERT, panocrypt_outbox"
    })
    void refusesAUserWhoMayNot(String privilege, String table) throws SQLException {
        open(pool, SchemaMode.CREATE).close();
        String role = schema + "_user";
        run("CREATE ROLE " + role + " LOGIN");
        try {
            run("GRANT USAGE ON SCHEMA " + schema + " TO " + role);
            run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + role);
            open(as(role, "postgres"), SchemaMode.VALIDATE).close();
            run("REVOKE " + privilege + " ON " + table + " FROM " + role);
            StoreException refusal =
                    assertThrows(StoreException.class, () -> open(as(role, "postgres"), SchemaMode.VALIDATE));
            assertTrue(
                    refusal.getMessage().contains(privilege + " on " + table),
                    () -> refusal.getMessage() + ": " + refusal.getCause());
        } finally {
            run("DROP OWNED BY " + role);
            run("DROP ROLE " + role);
        }
    }

    @Test
    void refusesRetentionForAUserWhoMayNotRemoveRows() throws SQLException {
        try (JdbcStore owner = open(pool, SchemaMode.CREATE)) {
            owner.requireRetentionPrivilege();
        }
        String role = schema + "_user";
        run("CREATE ROLE " + role + " LOGIN");
        try {
            run("GRANT USAGE ON SCHEMA " + schema + " TO " + role);
            run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + role);
            run("REVOKE DELETE ON panocrypt_journal FROM " + role);
            try (JdbcStore store = open(as(role, "postgres"), SchemaMode.VALIDATE)) {
                StoreException refusal = assertThrows(StoreException.class, store::requireRetentionPrivilege);
                assertTrue(refusal.getMessage().contains("DELETE on panocrypt_journal"), refusal::getMessage);
            }
        } finally {
            run("DROP OWNED BY " + role);
            run("DROP ROLE " + role);
        }
    }

    @Test
    void refusesAKeyThatIsTooLongAsInputAndGoesOn() {
        try (JdbcStore store = open(pool, SchemaMode.CREATE)) {
            // PostgreSQL stores up to 2,704 bytes in an index entry, after compression.
            StringBuilder term = new StringBuilder();
            new Random(7).ints(9_000, 0x4e00, 0x9fff).forEach(term::appendCodePoint);
            assertThrows(StoreInputException.class, () -> store.write(edit("long", term.toString())));
            store.write(edit("short", "a term"));
            assertEquals("short", store.find("text", "a term").orElseThrow().id());
            assertTrue(store.find("text", term.toString()).isEmpty());
        }
    }

    private static StoreWrite edit(String id, String term) {
        return StoreWrite.of(new JournalEntry("e-" + id, JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}"))
                .put(new PolicyRecord("text", id, 1, "{}", Set.of(term), Set.of()))
                .build();
    }
}
