package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** The databases that the store speaks to, and where they differ. */
public enum Dialect {
    /**
     * SQLite 3.35 or later, in a file. The store switches the file to write-ahead logging; each commit is synced to disk.
     * The time is the node's, and so all nodes are on one machine.
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
        void beginMigration(Statement statement) throws SQLException {
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
        WriteOrdering turns(String node) {
            return new SqliteOrdering();
        }

        @Override
        boolean eraseRemains(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                // A reader that takes its time must not hold up the decisions that wait behind this.
                statement.execute("PRAGMA busy_timeout = 0");
                boolean erased =
                        text(statement, "PRAGMA wal_checkpoint(TRUNCATE)").equals("0");
                statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
                return erased;
            }
        }

        @Override
        void requireFitness(Connection connection) {
            // It keeps any text.
        }

        @Override
        void requirePrivileges(Connection connection) {
            // There are no users.
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
     * PostgreSQL 14 or later. The time is the server's, which all nodes share; each commit is synced to the server's disk. What
     * an edit overwrites stays in the server's files until it vacuums the table and recycles its log.
     *
     * <p>A connection must lead to the same session for as long as it is kept, so not through a proxy that pools transactions.
     * It should be opened with pgjdbc's {@code logServerErrorDetail=false}, or a fault shows the row that the server refuses,
     * with a device's token and sealed keys.
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
        void beginMigration(Statement statement) throws SQLException {
            statement.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
            statement.execute("SELECT pg_advisory_xact_lock(" + MIGRATION_LOCK + ")");
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
        WriteOrdering turns(String node) {
            return new PostgresqlOrdering(node);
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
                    throw new StoreException("the database keeps text in " + encoding
                            + ": make one by CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
                }
            }
        }

        @Override
        void requirePrivileges(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                String missing = text(statement, MISSING_PRIVILEGES);
                if (!missing.isEmpty()) {
                    throw new StoreException("the database's user lacks privileges: " + missing);
                }
            }
        }

        @Override
        boolean mayTruncateJournal(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                return text(statement, MAY_TRUNCATE_JOURNAL).equals("t");
            }
        }

        @Override
        void prepareMigration(Connection connection) {
            // Nothing to set.
        }
    },

    /**
     * H2 2.3 or later, for tests and demos: it does not sync to disk, so that what was committed may be gone after a loss of
     * power, and spent uses be back. A store that opens logs a warning. The time is the node's; nodes share one database within
     * one process. The tables are not made in one transaction, so one node alone must open an empty database.
     */
    H2 {
        @Override
        List<String> migrations() {
            return List.of("h2/V001__initial.sql");
        }

        @Override
        String countOfSchemaTable() {
            return "SELECT COUNT(*) FROM information_schema.tables"
                    + " WHERE table_schema = CURRENT_SCHEMA AND UPPER(table_name) = 'PANOCRYPT_SCHEMA'";
        }

        @Override
        void beginMigration(Statement statement) throws SQLException {
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
            return OutboxSql.KEEP_ALONE;
        }

        @Override
        WriteOrdering turns(String node) {
            return new H2Ordering();
        }

        @Override
        boolean eraseRemains(Connection connection) {
            return true;
        }

        @Override
        void requireFitness(Connection connection) {
            // It keeps any text.
        }

        @Override
        void requirePrivileges(Connection connection) {
            // There are no users.
        }

        @Override
        void prepareMigration(Connection connection) {
            // Nothing to set.
        }
    };

    /** The text "panocryp" as a number: what else uses the database is unlikely to lock just this. */
    private static final long MIGRATION_LOCK = 0x70616e6f63727970L;

    /**
     * What the store does to its tables; to cut the journal, which not every site does, takes DELETE as
     * well. A table that is not there yet will be its maker's.
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

    private static final String MAY_TRUNCATE_JOURNAL = "SELECT has_table_privilege('panocrypt_journal', 'DELETE')";

    /** How long a writer waits for another process's transaction: 5 s. */
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private static final int WAL_ATTEMPTS = 10;

    /** The primary result code SQLITE_BUSY (sqlite.org/rescode.html). */
    private static final int SQLITE_BUSY = 5;

    /** The number that PRAGMA synchronous answers for FULL (sqlite.org/pragma.html). */
    private static final String SYNCHRONOUS_FULL = "2";

    /** The numbered migrations, the first being version 1, as resources beside this class. */
    abstract List<String> migrations();

    /** A query whose one number says whether the table of schema versions exists. */
    abstract String countOfSchemaTable();

    /** Begins a transaction that changes the schema, for which nodes that start together take turns. */
    abstract void beginMigration(Statement statement) throws SQLException;

    /** Whether the store's time is the database server's. */
    abstract boolean hasClock();

    /** Whether a connection has the pages at hand that it read and wrote before, unless another one has committed since. */
    abstract boolean remembersOwnWrites();

    /** The store's time in milliseconds since 1970, an expression; without a clock a parameter for it. */
    abstract String now();

    /** Ends a query of outbox entries {@code o} to be leased: rows that another node is about to lease are left out. */
    abstract String skipLocked();

    /** The statement that takes an entry into the outbox unless its id is there. */
    abstract String keepInOutbox();

    /** How that node's transactions take turns with others. */
    abstract WriteOrdering turns(String node);

    /**
     * Takes from the database's files what an edit has overwritten, such as a destroyed key.
     *
     * @return false if a reader was in the way, so that it has to be done again
     */
    abstract boolean eraseRemains(Connection connection) throws SQLException;

    /**
     * Refuses a database that cannot keep what the store writes.
     *
     * @throws StoreException saying why
     */
    abstract void requireFitness(Connection connection) throws SQLException;

    /** Refuses a user who may not do to the tables that are there what the store does. */
    abstract void requirePrivileges(Connection connection) throws SQLException;

    /** Whether the user may remove rows of the journal, which is there. */
    boolean mayTruncateJournal(Connection connection) throws SQLException {
        return true;
    }

    /** Makes a connection, in auto-commit mode, fit for changing the schema. */
    abstract void prepareMigration(Connection connection) throws SQLException;

    /** SQLite does not wait here for another process that switches too, so wait for its lock and try again. */
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
