package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks SQLite's plans of an unlock's statements, and of all others that must not slow down with growing data. */
class SqlitePlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** A full table scan, or a scan of all terms of a kind. */
    private static final Pattern SLOW = Pattern.compile(
            "SCAN (panocrypt_|[a-z] ).*|SEARCH (t|u|f|panocrypt_term|panocrypt_unique_term) .*\\(kind=\\?\\)");

    @TempDir
    private Path folder;

    @Test
    void findsEverythingByAnIndex() throws SQLException {
        DataSource file = SqliteFixture.file(folder.resolve("plan.db"));
        Set<String> statements = ConcurrentHashMap.newKeySet();
        DataSource heard = Interference.listening(file, statements);
        try (JdbcStore store = JdbcStore.open(
                heard,
                Dialect.SQLITE,
                "node-a",
                InstantSource.fixed(NOW),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
            exercise(store, NOW);
        }
        assertTrue(statements.size() > 20, "too few statements were seen: " + statements.size());
        List<String> slow = new ArrayList<>();
        try (Connection connection = file.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                try (ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
                    while (plan.next()) {
                        String step = plan.getString("detail");
                        if (SLOW.matcher(step).matches()) {
                            slow.add(step + " in " + sql);
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), slow);
    }

    /**
     * Calls all verbs of the store except reading the outbox, which has the order of its table, and cancelling all
     * grants.
     */
    static void exercise(JdbcStore store, Instant now) {
        PolicyRecord device =
                new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of("token:one"), Set.of("a", "b"));
        PolicyRecord next = new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 2, "{}", Set.of("token:one"), Set.of("a"));
        Grant grant = new Grant("g", "dev-1", 1, 1, now, now.plusSeconds(60), "{}");
        List<GrantScope> scopes = List.of(new GrantScope.Single("dev-1", "x"), new GrantScope.OfDevice("dev-1"));
        store.write(StoreWrite.of(entry("one"))
                .growEpoch(true)
                .put(device)
                .cancel(scopes)
                .grant(List.of(grant))
                .build());
        store.write(StoreWrite.of(entry("two"))
                .inEpoch(2L)
                .require(PolicyRecord.DEVICE, "dev-1", 1)
                .spend("dev-1", List.of("g"))
                .enqueue(List.of(new OutboxEntry("n", "topic", "{}")))
                .build());
        store.write(
                StoreWrite.of(entry("three")).put(next).grant(List.of(grant)).build());
        store.write(StoreWrite.of()
                .enqueue(List.of(new OutboxEntry("m", "topic", "{}"), new OutboxEntry("o", "topic", "{}")))
                .build());
        store.lease("lease", Duration.ofMinutes(1), 10);
        store.settle("lease", "n", new Settlement.Done(List.of(new OutboxEntry("p", "topic", "{}"))));
        store.settle("lease", "m", new Settlement.Retry(Duration.ZERO, "busy"));
        store.settle("lease", "o", new Settlement.PutOff(Duration.ZERO));
        store.lease("again", Duration.ofMinutes(1), 10);
        store.settle("again", "o", new Settlement.Dead("gone", List.of()));
        store.outboxStatus();
        store.deadLetters(null, 10);
        store.reviveDeadLetter("o");
        store.dropDeadLetter("o");
        store.purgeOutbox(Duration.ofDays(1));
        store.snapshot("token:one");
        store.get(PolicyRecord.DEVICE, "dev-1");
        store.find(PolicyRecord.DEVICE, "token:one");
        store.scan(PolicyRecord.DEVICE, null, null, 10);
        store.scan(PolicyRecord.DEVICE, "a", null, 10);
        store.scanByUniqueTerm(PolicyRecord.DEVICE, "name:", null, 10);
        store.grants("dev-1");
        store.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, null, null, 10));
        store.journal(new JournalQuery(JournalEntry.Kind.UNLOCK, "dev-1", null, 10));
        store.chain("node-a", 0, 10);
        ChainHead second = ChainHead.of(store.chain("node-a", 1, 1).get(0));
        PolicyRecord stands = new PolicyRecord("cut", "c", 1, "{}", Set.of("chain:node-a"), Set.of());
        store.write(StoreWrite.of(entry("cut")).put(stands).truncate(second).build());
        store.heads();
        store.write(StoreWrite.of(entry("alone")).build());
        store.write(StoreWrite.of(entry("four"))
                .delete(PolicyRecord.DEVICE, "dev-1", 2)
                .build());
    }

    private static JournalEntry entry(String id) {
        return new JournalEntry(id, JournalEntry.Kind.AUDIT, NOW, null, "{}");
    }
}
