package io.panocrypt.testkit.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.testkit.support.LowPorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL of this test run, started on first use. Each test gets its own schema.
 *
 * <p>Version 14, the oldest that the store supports; Debian, and so {@code DebianPostgresql}, has a newer one.
 */
final class PostgresqlServer {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final EmbeddedPostgres server;

    private PostgresqlServer() {
        try {
            // It ends with this JVM. Its defaults allow losing data, which the store refuses.
            server = EmbeddedPostgres.builder()
                    .setPort(LowPorts.free())
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "200")
                    .setLocaleConfig("locale", "C.UTF-8")
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("PostgreSQL does not start", e);
        }
    }

    private static final class Holder {
        private static final PostgresqlServer ONE = new PostgresqlServer();
    }

    static PostgresqlServer get() {
        return Holder.ONE;
    }

    /** Creates a new empty schema and returns its name. */
    String newSchema() throws SQLException {
        String schema = "test_" + SCHEMAS.incrementAndGet();
        run("CREATE SCHEMA " + schema);
        return schema;
    }

    void drop(String schema) throws SQLException {
        run("DROP SCHEMA " + schema + " CASCADE");
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int port() {
        return server.getPort();
    }

    String url(String schema) {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres?user=postgres&currentSchema=" + schema
                + ",pg_catalog";
    }

    /** A pool of {@code size} connections that use the schema. */
    HikariDataSource pool(String schema, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url(schema));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }
}
