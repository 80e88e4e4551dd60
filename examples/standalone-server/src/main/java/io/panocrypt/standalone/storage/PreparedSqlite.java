package io.panocrypt.standalone.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.jdbc4.JDBC4Connection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A source of SQLite connections that cache prepared statements. Closing a statement returns it to its connection's
 * cache. It keeps its parameter values, so the next user must set all of them.
 *
 * <p>SQLite's driver compiles a statement each time, which took ten times as long as running it. Connections are not
 * thread-safe, as in any pool.
 */
public final class PreparedSqlite extends SQLiteDataSource {
    /** More statements than the store uses; the least recently used one is closed. */
    private static final int MAX = 64;

    /** Otherwise the driver queries the generated row id after each write, which is not needed. */
    private static final String NO_GENERATED_KEYS = "false";

    public PreparedSqlite(String url) {
        setUrl(url);
    }

    @Override
    public SQLiteConnection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(SQLiteConfig.Pragma.JDBC_GET_GENERATED_KEYS.getPragmaName(), NO_GENERATED_KEYS);
        return new Keeping(getUrl(), properties);
    }

    private static final class Keeping extends JDBC4Connection {
        private final Map<String, Kept> idle = new LinkedHashMap<>();

        Keeping(String url, Properties properties) throws SQLException {
            super(url, url.substring(JDBC.PREFIX.length()), properties);
        }

        @Override
        public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
                throws SQLException {
            checkOpen();
            checkCursor(type, concurrency, holdability);
            Kept kept = idle.remove(sql);
            return kept == null ? new Kept(this, sql) : kept;
        }

        /** Inserts at the end, so the first entry is the least recently used. */
        private void giveBack(String sql, Kept statement) throws SQLException {
            Kept same = idle.put(sql, statement);
            if (same != null) {
                same.discard();
            }
            if (idle.size() > MAX) {
                Kept eldest = idle.values().iterator().next();
                idle.values().remove(eldest);
                eldest.discard();
            }
        }
    }

    private static final class Kept extends JDBC4PreparedStatement {
        private final Keeping connection;
        private final String text;

        Kept(Keeping connection, String text) throws SQLException {
            super(connection, text);
            this.connection = connection;
            this.text = text;
        }

        @Override
        public void close() throws SQLException {
            if (isClosed() || connection.isClosed()) {
                return;
            }
            // An open cursor would keep its read transaction open.
            rs.close();
            // Keeps the parameters: after clearing them SQLite compiles the statement again (sqlite3_clear_bindings).
            connection.giveBack(text, this);
        }

        private void discard() throws SQLException {
            super.close();
        }
    }
}
