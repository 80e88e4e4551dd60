package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.StoreException;
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
            return List.of("sqlite/V001__initial.sql");
        }

        @Override
        String countOfSchemaTable() {
            return "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'panocrypt_schema'";
        }

        @Override
        String begin() {
            return "BEGIN IMMEDIATE";
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
        void prepareWriter(Connection connection) throws SQLException {
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
    };

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

    /** Begins a transaction that no other writer can come between. */
    abstract String begin();

    /**
     * Takes from the database's files what an edit has overwritten, such as a destroyed key.
     *
     * @return false if a reader was in the way, so that it has to be done again
     */
    abstract boolean eraseRemains(Connection connection) throws SQLException;

    /** Makes a connection, in auto-commit mode, fit for writing. */
    abstract void prepareWriter(Connection connection) throws SQLException;

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
