package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks PostgreSQL's generic plan of every statement of the store with 10,000 devices. */
class PostgresqlPlanTest {
    /** Small tables are correctly read as a whole. */
    private static final Pattern SLOW =
            Pattern.compile(".*Seq Scan on panocrypt_(record|unique_term|term|device_grant|journal|outbox)\\b.*");

    private static final Pattern PLANNED =
            Pattern.compile("\\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\\b.*", Pattern.DOTALL);

    /**
     * Statements that PostgreSQL, without knowing their parameters, expects to match a large part of a table: a page of
     * records, whose length is a parameter, and the purge of old outbox entries. No unlock runs them.
     */
    private static final Pattern MEETS_MANY = Pattern.compile(
            ".*WHERE kind = \\? AND id > \\? ORDER BY id LIMIT \\?.*|DELETE FROM panocrypt_outbox .*", Pattern.DOTALL);

    private static final String MANY = """
            INSERT INTO panocrypt_record SELECT 'device', 'd' || n, 1, '{"some":"body"}' FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_unique_term SELECT 'device', 'token:' || n, 'd' || n FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_term SELECT 'device', 'site=' || n % 9, 'd' || n FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_record SELECT 'request', 'r' || n, 1, '{"some":"body"}' FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_term SELECT 'request', 'd' || n, 'r' || n FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_device_grant
                SELECT 'g' || n, 'd' || n, 1, 0, 0, 0, 0, '{}' FROM generate_series(1, 10000) n;
            INSERT INTO panocrypt_journal
                SELECT 'c' || n % 4, n, 'j' || n, 'UNLOCK', n, 'd' || n % 10000, '{}', '' FROM generate_series(1, 40000) n;
            INSERT INTO panocrypt_outbox (id, topic, lane, body, state, created_ms, due_ms, attempts, cause)
                SELECT 'o' || n, 't', 'l' || n, '', 1, 0, 9999999999999, 1, '' FROM generate_series(1, 10000) n;
            ANALYZE
            """;

    private String schema;
    private HikariDataSource pool;

    @BeforeEach
    void makeSchema() throws SQLException {
        schema = PostgresqlServer.get().newSchema();
        pool = PostgresqlServer.get().pool(schema, 8);
    }

    @AfterEach
    void dropSchema() throws SQLException {
        pool.close();
        PostgresqlServer.get().drop(schema);
    }

    @Test
    void findsEverythingByAnIndex() throws SQLException {
        Set<String> statements = ConcurrentHashMap.newKeySet();
        try (JdbcStore store = JdbcStore.open(
                Interference.listening(pool, statements),
                Dialect.POSTGRESQL,
                "node-a",
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
            run(MANY);
            Instant now = store.outboxStatus().now();
            SqlitePlanTest.exercise(store, now);
        }
        assertTrue(statements.size() > 20, "too few statements were seen: " + statements.size());
        List<String> slow = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = force_generic_plan");
            assertTrue(
                    plan(statement, "SELECT * FROM panocrypt_journal WHERE body = ?").stream()
                            .anyMatch(step -> SLOW.matcher(step).matches()),
                    "the test finds no plan slow");
            List<String> planned = statements.stream()
                    .flatMap(sql -> Stream.of(sql.split(";\\s+")))
                    .filter(sql -> PLANNED.matcher(sql).matches()
                            && !MEETS_MANY.matcher(sql).matches())
                    .toList();
            for (String sql : planned) {
                plan(statement, sql).stream()
                        .filter(step -> SLOW.matcher(step).matches())
                        .forEach(step -> slow.add(step + " in " + sql));
            }
        }
        assertEquals(List.of(), slow);
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> plan(Statement statement, String sql) throws SQLException {
        String[] parts = sql.split("\\?", -1);
        StringBuilder numbered = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            numbered.append('$').append(i).append(parts[i]);
        }
        statement.execute("PREPARE asked AS " + numbered);
        int parameters = parts.length - 1;
        String values = parameters == 0 ? "" : "(" + String.join(", ", Collections.nCopies(parameters, "NULL")) + ")";
        List<String> steps = new ArrayList<>();
        try (ResultSet plan = statement.executeQuery("EXPLAIN EXECUTE asked" + values)) {
            while (plan.next()) {
                steps.add(plan.getString(1));
            }
        }
        statement.execute("DEALLOCATE asked");
        return steps;
    }
}
