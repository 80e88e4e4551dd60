package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.standalone.storage.PreparedSqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedSqliteTest {
    private static final String COUNT = "SELECT COUNT(*) FROM t WHERE n > ?";

    @TempDir
    private Path folder;

    private PreparedSqlite source;
    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        source = new PreparedSqlite("jdbc:sqlite:" + folder.resolve("test.db"));
        connection = source.getConnection();
        execute(connection, "PRAGMA journal_mode = WAL", "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), (2)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private static void execute(Connection on, String... sql) throws SQLException {
        try (Statement statement = on.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
    }

    @Test
    void doesNotAskForTheRowOfEachWrite() throws SQLException {
        String insert = "INSERT INTO t VALUES (3)";
        try (PreparedStatement statement = connection.prepareStatement(insert, Statement.RETURN_GENERATED_KEYS)) {
            assertEquals(1, statement.executeUpdate());
            try (ResultSet keys = statement.getGeneratedKeys()) {
                assertFalse(keys.next());
            }
        }
    }

    private PreparedStatement used() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
            count(statement, 0);
            return statement;
        }
    }

    private static int count(PreparedStatement statement, int above) throws SQLException {
        statement.setInt(1, above);
        try (ResultSet rows = statement.executeQuery()) {
            return rows.getInt(1);
        }
    }

    @Test
    void keepsAStatementThatWasClosed() throws SQLException {
        PreparedStatement first = used();
        PreparedStatement second = connection.prepareStatement(COUNT);
        assertSame(first, second);
        assertEquals(1, count(second, 1));
    }

    @Test
    void givesAnotherStatementWhileTheFirstIsInUse() throws SQLException {
        try (PreparedStatement first = connection.prepareStatement(COUNT);
                PreparedStatement second = connection.prepareStatement(COUNT)) {
            assertNotSame(first, second);
            assertEquals(2, count(first, 0));
            assertEquals(1, count(second, 1));
        }
        assertEquals(2, count(used(), 0));
    }

    /** After clearing them SQLite would compile the statement again, which the cache avoids. */
    @Test
    void keepsTheParametersOfTheLastUser() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
            assertEquals(1, count(statement, 1));
        }
        try (ResultSet rows = connection.prepareStatement(COUNT).executeQuery()) {
            assertEquals(1, rows.getInt(1));
        }
    }

    @Test
    void endsTheReadThatTheLastUserLeftOpen() throws SQLException {
        PreparedStatement open = connection.prepareStatement("SELECT n FROM t");
        assertTrue(open.executeQuery().next());
        open.close();
        try (Connection writer = source.getConnection()) {
            execute(writer, "INSERT INTO t VALUES (3)");
            try (Statement statement = writer.createStatement();
                    ResultSet busy = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                assertEquals(0, busy.getInt(1), "nobody reads an old state");
            }
        }
    }

    @Test
    void survivesAnotherConnectionsChangeOfTheSchema() throws SQLException {
        used();
        try (Connection other = source.getConnection()) {
            execute(other, "CREATE INDEX i ON t (n)", "INSERT INTO t VALUES (3)");
        }
        assertEquals(3, count(connection.prepareStatement(COUNT), 0));
    }

    @Test
    void closesTheStatementUsedLongestAgoWhenThereAreMany() throws SQLException {
        PreparedStatement first = used();
        for (int i = 0; i < 64; i++) {
            connection.prepareStatement("SELECT " + i).close();
        }
        assertTrue(first.isClosed());
        assertNotSame(first, connection.prepareStatement(COUNT));
    }

    @Test
    void closesItsStatementsWithTheConnection() throws SQLException {
        PreparedStatement idle = used();
        assertFalse(idle.isClosed());
        connection.close();
        idle.close();
        assertThrows(SQLException.class, () -> count(idle, 0));
    }
}
