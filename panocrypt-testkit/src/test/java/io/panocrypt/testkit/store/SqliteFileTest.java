package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store in an SQLite file that it opens itself, as an embedder does in one line. */
class SqliteFileTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private JdbcStore open() {
        return JdbcStore.openSqlite(
                file(), "node-a", InstantSource.fixed(NOW), JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }

    private Path file() {
        return folder.resolve("store.db");
    }

    private static StoreWrite edit(long version, String body) {
        JournalEntry audit = new JournalEntry("edit-" + version, JournalEntry.Kind.AUDIT, NOW, null, "{}");
        return StoreWrite.of(audit)
                .put(new PolicyRecord(PolicyRecord.DEVICE, "dev-1", version, body, Set.of("token:one"), Set.of()))
                .build();
    }

    @Test
    void canBeReadByNobodyElse() throws IOException {
        try (JdbcStore store = open()) {
            store.write(edit(1, "{}"));
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                }
            }
        }
    }

    /** An open cursor of a reader would keep the old pages in the file. */
    @Test
    void leavesNoReadOpen() throws IOException {
        String secret = "\"sealed-key-5d1f0c\"";
        try (JdbcStore store = open()) {
            store.write(edit(1, secret));
            assertEquals(1, store.heads().size());
            assertEquals(1, store.scan(PolicyRecord.DEVICE, null, null, 10).size());
            store.write(edit(2, "{}"));
            // The files are cleaned after the answer; the next write waits for it.
            store.write(edit(3, "{}"));
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    assertFalse(
                            Files.readString(file, StandardCharsets.ISO_8859_1).contains(secret), file::toString);
                }
            }
        }
    }

    @Test
    void keepsReadingAfterAnotherProcessHasChangedTheSchema() throws SQLException {
        try (JdbcStore store = open()) {
            store.write(edit(1, "{}"));
            assertEquals(1, store.heads().get(0).sequence());
            try (Connection other = SqliteFixture.file(file()).getConnection();
                    Statement statement = other.createStatement()) {
                statement.execute("CREATE INDEX i ON panocrypt_journal (hash)");
            }
            store.write(edit(2, "{}"));
            assertEquals(2, store.heads().get(0).sequence());
        }
    }

    @Test
    void opensNewConnectionsAfterAFault() throws SQLException {
        try (JdbcStore store = open()) {
            store.write(edit(1, "{}"));
            assertEquals(1, store.heads().size());
            rename("panocrypt_journal", "hidden");
            assertThrows(StoreException.class, store::heads);
            rename("hidden", "panocrypt_journal");
            assertEquals(1, store.heads().size());
        }
    }

    private void rename(String table, String other) throws SQLException {
        try (Connection connection = SqliteFixture.file(file()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE " + table + " RENAME TO " + other);
        }
    }

    /** The last connection to be closed removes the write-ahead log. */
    @Test
    void closesAllItsConnections() throws SQLException {
        JdbcStore store = open();
        store.write(edit(1, "{}"));
        assertEquals(1, store.heads().size());
        Path log = folder.resolve("store.db-wal");
        assertTrue(Files.exists(log));
        store.close();
        assertFalse(Files.exists(log));
        assertThrows(StoreException.class, store::heads);
        try (Connection connection = SqliteFixture.file(file()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM panocrypt_record")) {
            assertEquals(1, rows.getInt(1));
        }
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws IOException {
        Files.writeString(file(), "no database ".repeat(100));
        StoreException refusal = assertThrows(StoreException.class, this::open);
        assertTrue(refusal.getCause() instanceof SQLException, refusal::toString);
    }

    @Test
    void namesAFolderThatIsMissing() {
        Path missing = folder.resolve("missing").resolve("store.db");
        StoreException refusal = assertThrows(
                StoreException.class,
                () -> JdbcStore.openSqlite(missing, "node-a", InstantSource.system(), JdbcSettings.DEFAULTS));
        assertTrue(refusal.getMessage().contains(missing.toString()), refusal.getMessage());
    }

    @Test
    void refusesAPathWithOptions() {
        Path path = folder.resolve("store.db?synchronous=OFF");
        assertThrows(
                IllegalArgumentException.class,
                () -> JdbcStore.openSqlite(path, "node-a", InstantSource.system(), JdbcSettings.DEFAULTS));
    }
}
