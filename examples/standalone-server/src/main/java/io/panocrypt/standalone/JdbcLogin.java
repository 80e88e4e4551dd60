package io.panocrypt.standalone;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/** Where a PostgreSQL server is and who calls it. */
final class JdbcLogin {
    static final String PREFIX = "jdbc:postgresql:";

    /** The writer, and readers enough for the threads that serve. */
    private static final int CONNECTIONS = 16;

    /** A request should hear soon that there is no connection to be had. */
    private static final int POOL_WAIT_MILLIS = 1_000;

    private static final String CONNECT_SECONDS = "2";

    /** Longer than the store's lock timeout, so that a slow lock is no broken connection. */
    private static final String SILENCE_SECONDS = "10";

    private final String url;
    private final Properties properties = new Properties();

    JdbcLogin(String url, Optional<String> user, Optional<String> password) {
        this.url = url;
        // What the URL says wins over these.
        properties.setProperty("ApplicationName", "panocrypt");
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", SILENCE_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        // A fault's detail may show the row that it is about, with tokens and sealed keys.
        properties.setProperty("logServerErrorDetail", "false");
        user.ifPresent(name -> properties.setProperty("user", name));
        password.ifPresent(secret -> properties.setProperty("password", secret));
    }

    /** A connection outside the pool. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url, properties);
    }

    /** The same, given up after 2 s; for whoever finds out on behalf of all whether the server is back. */
    Connection tryToConnect() throws SQLException {
        Properties bounded = new Properties();
        bounded.putAll(properties);
        bounded.setProperty("loginTimeout", CONNECT_SECONDS);
        return DriverManager.getConnection(url, bounded);
    }

    /** A pool whose connections are made when they are asked for. */
    HikariDataSource openPool() {
        try (Connection first = connect()) {
            // A pool would try again and again, and tell nothing in words.
            first.getMetaData();
        } catch (SQLException e) {
            throw new StartupException("cannot open the database: " + e.getMessage(), e);
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(POOL_WAIT_MILLIS);
        config.setPoolName("panocrypt");
        return new HikariDataSource(config);
    }
}
