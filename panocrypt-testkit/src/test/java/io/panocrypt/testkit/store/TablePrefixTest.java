package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.TestTimeout;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several stores in one database, by the prefix of their tables. */
class TablePrefixTest {
    private static final Pattern NAME = Pattern.compile("(?:TABLE|INDEX|RENAME TO) (\\w+)");
    private static final String LONGEST = "a".repeat(21);
    /** PostgreSQL cuts longer names. */
    private static final int MAX_NAME = 63;

    private static JdbcSettings prefix(String prefix) {
        return JdbcSettings.DEFAULTS.withTablePrefix(prefix).with(TestTimeout.MAX);
    }

    private static Set<String> names(Dialect dialect, String prefix) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = NAME.matcher(JdbcStore.schema(dialect, prefix(prefix)));
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    @ParameterizedTest
    @EnumSource
    void isCarriedByAllTablesAndIndexes(Dialect dialect) {
        assertFalse(JdbcStore.schema(dialect, prefix("unlock_")).contains("panocrypt_"));
        Set<String> names = names(dialect, LONGEST);
        assertTrue(names.size() > 14, names::toString);
        assertTrue(names.stream().allMatch(name -> name.startsWith(LONGEST)), names::toString);
        assertTrue(names.stream().allMatch(name -> name.length() <= MAX_NAME), names::toString);
        assertEquals(JdbcStore.schema(dialect), JdbcStore.schema(dialect, prefix("panocrypt_")));
    }

    /** One prefix that continues another one makes a name of the other if a name is the end of another name. */
    @ParameterizedTest
    @EnumSource
    void givesNoTwoStoresOneName(Dialect dialect) {
        Set<String> ends = new TreeSet<>();
        Set<String> names = names(dialect, "x");
        for (String longer : names) {
            for (String shorter : names) {
                if (longer.length() > shorter.length() && longer.endsWith(shorter.substring(1))) {
                    ends.add(longer.substring(1, longer.length() - shorter.length() + 1));
                }
            }
        }
        for (String end : ends) {
            assertThrows(IllegalArgumentException.class, () -> prefix("a_" + end), end);
        }
        assertEquals(Set.of("unique_", "unique_term_of_"), ends);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_x",
                "1x",
                "X_",
                "a-b",
                "a b_",
                "a;",
                "a\"",
                "a'",
                "schema.x_",
                "ä_",
                "sqlite_x",
                "a_unique_"
            })
    void isRefused(String prefix) {
        assertThrows(IllegalArgumentException.class, () -> prefix(prefix));
        assertThrows(IllegalArgumentException.class, () -> prefix(LONGEST + "a"));
        assertDoesNotThrow(() -> prefix(LONGEST));
    }

    @Test
    void isNamedByARefusal() {
        JdbcSettings settings = prefix("unlock_").with(SchemaMode.VALIDATE);
        StoreException refusal = assertThrows(
                StoreException.class,
                () -> JdbcStore.open(H2Fixture.database(), Dialect.H2, "n", InstantSource.system(), settings));
        assertTrue(refusal.getMessage().contains("unlock_"), refusal.getMessage());
    }

    private static JdbcStore open(HikariDataSource pool, JdbcSettings settings) {
        // Both have the same name, and need not know of each other.
        return JdbcStore.open(pool, Dialect.POSTGRESQL, "node-a", InstantSource.system(), settings);
    }

    /** An edit, which waits for all other writes to the store. */
    private static WriteResult edit(JdbcStore store) {
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of("token:one"), Set.of());
        return store.write(StoreWrite.of().put(device).build());
    }

    /** What a transaction of one store holds until its end: its lock, its node and its epoch. */
    private static String hold(String prefix) {
        return "SELECT pg_advisory_xact_lock((CAST(CAST('" + prefix + "node' AS regclass) AS oid)::bigint << 32) | 0);"
                + "SELECT id FROM " + prefix + "node FOR UPDATE; SELECT value FROM " + prefix + "meta FOR UPDATE";
    }

    @Test
    void keepsTheLocksOfOneStoreFromTheOther() throws SQLException {
        String schema = PostgresqlServer.get().newSchema();
        try (HikariDataSource pool = PostgresqlServer.get().pool(schema, 8);
                JdbcStore one = open(pool, prefix("one_").with(Duration.ofMillis(300)));
                JdbcStore two = open(pool, prefix("two_"));
                Connection holder = pool.getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(hold("one_"));
            assertThrows(StoreException.class, () -> edit(one), "the lock is the store's");
            assertEquals(new WriteResult.Written(), edit(two));
            assertEquals(Optional.empty(), one.find(PolicyRecord.DEVICE, "token:one"));
            holder.rollback();
            holder.setAutoCommit(true);
            assertEquals(new WriteResult.Written(), CrashingNode.retry(() -> edit(one)));
        } finally {
            PostgresqlServer.get().drop(schema);
        }
    }
}
