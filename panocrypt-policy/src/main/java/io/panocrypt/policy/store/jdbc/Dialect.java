package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The supported databases and their differences. */
public enum Dialect {
    /**
     * SQLite 3.35 or later, in a file. The store switches the file to write-ahead logging; each commit is synced to
     * disk. The time is the node's, and all nodes run on one machine.
     */
    SQLITE {
        @Override
        List<String> migrations() {
            return List.of("sqlite/V001__initial.sql", "sqlite/V002__fewer_pages.sql");
        }

        @Override
        String countOfSchemaTable() {
            return "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'panocrypt_schema'";
        }

        @Override
        void beginMigration(Statement statement, TableNames names) throws SQLException {
            statement.execute("BEGIN IMMEDIATE");
        }

        @Override
        boolean hasClock() {
            return false;
        }

        @Override
        boolean remembersOwnWrites() {
            return true;
        }

        @Override
        String now() {
            return "?";
        }

        @Override
        String skipLocked() {
            return "";
        }

        @Override
        String keepInOutbox() {
            return OutboxSql.KEEP;
        }

        @Override
        WriteOrdering ordering(String node, TableNames names) {
            return new SqliteOrdering();
        }

        @Override
        boolean eraseRemains(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                // A slow reader must not delay the decisions that are queued after this.
                statement.execute("PRAGMA busy_timeout = 0");
                boolean erased =
                        text(statement, "PRAGMA wal_checkpoint(TRUNCATE)").equals("0");
                statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
                return erased;
            }
        }

        @Override
        void requireFitness(Connection connection) {
            // It stores any text.
        }

        @Override
        void requirePrivileges(Connection connection, TableNames names) {
            // SQLite has no users.
        }

        @Override
        void prepareMigration(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
                switchToWriteAheadLog(statement);
                statement.execute("PRAGMA synchronous = FULL");
                statement.execute("PRAGMA foreign_keys = ON");
                statement.execute("PRAGMA secure_delete = ON");
                String level = text(statement, "PRAGMA synchronous");
                if (!level.equals(SYNCHRONOUS_FULL)) {
                    throw new StoreException("SQLite does not sync each commit: synchronous is " + level);
                }
            }
        }
    },

    /**
     * PostgreSQL 14 or later. The time is the server's, which all nodes share; each commit is synced to the server's
     * disk. Data that an edit overwrites remains in the server's files until it vacuums the table and recycles its log.
     *
     * <p>A connection must lead to the same session while it is kept, so not through a proxy that pools transactions.
     * Open it with pgjdbc's {@code logServerErrorDetail=false}: otherwise a fault shows the row that the server
     * refuses, with a device's token and sealed keys.
     */
    POSTGRESQL {
        @Override
        List<String> migrations() {
            return List.of("postgresql/V001__initial.sql");
        }

        @Override
        String countOfSchemaTable() {
            return "SELECT CASE WHEN to_regclass('panocrypt_schema') IS NULL THEN 0 ELSE 1 END";
        }

        @Override
        void beginMigration(Statement statement, TableNames names) throws SQLException {
            statement.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
            statement.execute("SELECT pg_advisory_xact_lock(" + migrationLock(names) + ")");
        }

        @Override
        boolean hasClock() {
            return true;
        }

        @Override
        boolean remembersOwnWrites() {
            return false;
        }

        @Override
        String now() {
            return "CAST(FLOOR(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS BIGINT)";
        }

        @Override
        String skipLocked() {
            return " FOR NO KEY UPDATE OF o SKIP LOCKED";
        }

        @Override
        String keepInOutbox() {
            return OutboxSql.KEEP;
        }

        @Override
        WriteOrdering ordering(String node, TableNames names) {
            return new PostgresqlOrdering(node, names);
        }

        @Override
        boolean eraseRemains(Connection connection) {
            return true;
        }

        @Override
        void requireFitness(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                String encoding = text(statement, "SHOW server_encoding");
                if (!encoding.equals("UTF8")) {
                    throw new StoreException("the database stores text as " + encoding
                            + ", not UTF-8; create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
                }
            }
        }

        @Override
        void requirePrivileges(Connection connection, TableNames names) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                String missing = text(statement, names.in(MISSING_PRIVILEGES));
                if (!missing.isEmpty()) {
                    throw new StoreException("the database's user lacks privileges: " + missing);
                }
            }
        }

        @Override
        Optional<String> mayTruncateJournal() {
            return Optional.of("SELECT has_table_privilege('panocrypt_journal', 'DELETE')");
        }

        @Override
        void prepareMigration(Connection connection) {
            // Nothing to set.
        }
    },

    /**
     * H2 2.3 or later, for tests and demos only. It does not sync to disk: a loss of power may lose commits and bring
     * spent uses back. A store that opens logs a warning. The time is the node's; nodes share one database within one
     * process. The tables are not created in one transaction, so only one node may open an empty database.
     */
    H2 {
        @Override
        List<String> migrations() {
            return List.of("h2/V001__initial.sql");
        }

        @Override
        String countOfSchemaTable() {
            return "SELECT COUNT(*) FROM information_schema.tables"
                    + " WHERE table_schema = CURRENT_SCHEMA AND LOWER(table_name) = 'panocrypt_schema'";
        }

        @Override
        void beginMigration(Statement statement, TableNames names) throws SQLException {
            statement.execute("BEGIN");
        }

        @Override
        boolean hasClock() {
            return false;
        }

        @Override
        boolean remembersOwnWrites() {
            return false;
        }

        @Override
        String now() {
            return "CAST(? AS BIGINT)";
        }

        @Override
        String skipLocked() {
            return "";
        }

        @Override
        String keepInOutbox() {
            return OutboxSql.KEEP_EXCLUSIVE;
        }

        @Override
        String inByteOrder(String text) {
            return "STRINGTOUTF8(CAST(" + text + " AS VARCHAR))";
        }

        @Override
        WriteOrdering ordering(String node, TableNames names) {
            return new H2Ordering();
        }

        @Override
        boolean eraseRemains(Connection connection) {
            return true;
        }

        @Override
        void requireFitness(Connection connection) {
            // It stores any text.
        }

        @Override
        void requirePrivileges(Connection connection, TableNames names) {
            // The store does not check H2's users.
        }

        @Override
        void prepareMigration(Connection connection) {
            // Nothing to set.
        }
    };

    /** One for each prefix: stores that share a database do not wait for each other. */
    private static long migrationLock(TableNames names) {
        return names.isDefault()
                ? MIGRATION_LOCK
                : MIGRATION_LOCK + names.prefix().hashCode();
    }

    /** The text "panocryp" as a number: other programs on the database are unlikely to lock the same one. */
    private static final long MIGRATION_LOCK = 0x70616e6f63727970L;

    /**
     * The privileges that the store needs on its tables; only truncating the journal, which is optional, needs DELETE
     * on it as well. A table that does not exist yet will belong to the user who creates it.
     */
    private static final String MISSING_PRIVILEGES = """
            SELECT COALESCE(string_agg(p.privilege || ' on ' || t.name, ', ' ORDER BY t.name, p.privilege), '')
              FROM (VALUES ('panocrypt_schema', 'SELECT'),
                           ('panocrypt_node', 'SELECT INSERT UPDATE'),
                           ('panocrypt_meta', 'SELECT UPDATE'),
                           ('panocrypt_record', 'SELECT INSERT UPDATE DELETE'),
                           ('panocrypt_unique_term', 'SELECT INSERT DELETE'),
                           ('panocrypt_term', 'SELECT INSERT DELETE'),
                           ('panocrypt_device_grant', 'SELECT INSERT UPDATE'),
                           ('panocrypt_journal', 'SELECT INSERT'),
                           ('panocrypt_outbox', 'SELECT INSERT UPDATE DELETE')) t (name, needed)
             CROSS JOIN LATERAL regexp_split_to_table(t.needed, ' ') p (privilege)
             WHERE NOT has_table_privilege(to_regclass(t.name), p.privilege)
            """;

    /** Timeout for another process's transaction: 5 s. */
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private static final int WAL_ATTEMPTS = 10;

    /** The primary result code SQLITE_BUSY (sqlite.org/rescode.html). */
    private static final int SQLITE_BUSY = 5;

    /** The number that PRAGMA synchronous returns for FULL (sqlite.org/pragma.html). */
    private static final String SYNCHRONOUS_FULL = "2";

    /** The numbered migrations, from version 1, as resources in this class's package. */
    abstract List<String> migrations();

    /** A query that returns the number of tables of schema versions: 0 or 1. */
    abstract String countOfSchemaTable();

    /** Begins a transaction that changes the schema; nodes that start at the same time wait for each other. */
    abstract void beginMigration(Statement statement, TableNames names) throws SQLException;

    /** Whether the store's time is the database server's. */
    abstract boolean hasClock();

    /**
     * Whether a connection still has in memory the pages that it read and wrote, unless another one has committed
     * since.
     */
    abstract boolean remembersOwnWrites();

    /** An expression for the store's time in milliseconds since 1970; a parameter if the database has no clock. */
    abstract String now();

    /** The end of a query of outbox entries {@code o} to be leased: it skips rows that another node's transaction has locked. */
    abstract String skipLocked();

    /** The statement that adds an entry to the outbox unless its id is already there. */
    abstract String keepInOutbox();

    /** An expression that sorts as the bytes of that text do in UTF-8, which the text itself does by default. */
    String inByteOrder(String text) {
        return text;
    }

    /** How that node's transactions are ordered with those of other nodes. */
    abstract WriteOrdering ordering(String node, TableNames names);

    /**
     * Removes from the database's files what an edit has overwritten, such as a destroyed key.
     *
     * @return false if a reader prevented it, and it must be repeated
     */
    abstract boolean eraseRemains(Connection connection) throws SQLException;

    /**
     * Refuses a database that cannot store what the store writes.
     *
     * @throws StoreException with the reason
     */
    abstract void requireFitness(Connection connection) throws SQLException;

    /** Refuses a user who lacks privileges that the store needs on the existing tables. */
    abstract void requirePrivileges(Connection connection, TableNames names) throws SQLException;

    /** A query for whether the user may remove rows of the journal, whose table must exist; empty if any user may. */
    Optional<String> mayTruncateJournal() {
        return Optional.empty();
    }

    /** Prepares a connection, in auto-commit mode, for changing the schema. */
    abstract void prepareMigration(Connection connection) throws SQLException;

    /**
     * Waits for SQLite's lock and tries again, since SQLite itself does not wait for another process that switches too.
     */
    private static void switchToWriteAheadLog(Statement statement) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                String mode = text(statement, "PRAGMA journal_mode = WAL");
                if (!mode.toLowerCase(Locale.ROOT).equals("wal")) {
                    throw new StoreException("SQLite cannot keep a write-ahead log here: journal_mode is " + mode);
                }
                return;
            } catch (SQLException e) {
                if ((e.getErrorCode() & 0xff) != SQLITE_BUSY || attempt == WAL_ATTEMPTS) {
                    throw e;
                }
                statement.execute("BEGIN IMMEDIATE");
                statement.execute("ROLLBACK");
            }
        }
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet answer = statement.executeQuery(query)) {
            return answer.next() ? String.valueOf(answer.getString(1)) : "unknown";
        }
    }
}
