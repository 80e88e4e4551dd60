package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.standalone.common.StartupException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;

/** The address and the login of a PostgreSQL server. */
public final class JdbcLogin {
    public static final String PREFIX = "jdbc:postgresql:";

    /** One writer, and enough readers for the serving threads. */
    private static final int CONNECTIONS = 16;

    /** Short, so a request fails soon if no connection is free. */
    private static final int POOL_WAIT_MILLIS = 1_000;

    private static final String CONNECT_SECONDS = "2";

    /** Longer than the store's lock timeout, so a slow lock does not count as a broken connection. */
    private static final String SILENCE_SECONDS = "10";

    private final String url;
    /** How long the driver remembers that a server is a standby or unreachable. */
    private static final String RECHECK_SECONDS = "2";

    private final Properties properties = new Properties();
    private final Supplier<Optional<String>> password;

    /** @param password called for each connection */
    public JdbcLogin(String url, Optional<String> user, Supplier<Optional<String>> password) {
        this.url = url;
        this.password = password;
        // Values in the URL take precedence over these.
        properties.setProperty("ApplicationName", "panocrypt");
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", SILENCE_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        // A standby lags behind, and the pool would never leave it.
        properties.setProperty("targetServerType", "primary");
        properties.setProperty("hostRecheckSeconds", RECHECK_SECONDS);
        // The detail of a fault may contain a table row with tokens and sealed keys.
        properties.setProperty("logServerErrorDetail", "false");
        user.ifPresent(name -> properties.setProperty("user", name));
    }

    /** A connection outside the pool. */
    public Connection connect() throws SQLException {
        return connect(new Properties());
    }

    /** The same with a timeout of 2 s: to find out whether the server is back. */
    public Connection tryToConnect() throws SQLException {
        Properties bound = new Properties();
        bound.setProperty("loginTimeout", CONNECT_SECONDS);
        return connect(bound);
    }

    private Connection connect(Properties more) throws SQLException {
        Properties all = new Properties();
        all.putAll(properties);
        all.putAll(more);
        try {
            password.get().ifPresent(secret -> all.setProperty("password", secret));
        } catch (StartupException e) {
            throw new SQLInvalidAuthorizationSpecException(e.getMessage(), e);
        }
        return DriverManager.getConnection(url, all);
    }

    /** The driver's own message does not name the host. */
    private static Optional<String> unknownHost(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return Optional.of("the host " + cause.getMessage() + " is unknown");
            }
        }
        return Optional.empty();
    }

    /** A pool that opens connections on demand. */
    public HikariDataSource openPool() {
        try (Connection first = connect()) {
            // Connects once before the pool, which would retry and give no clear message.
            first.getMetaData();
        } catch (SQLException e) {
            String message = "cannot open the database: "
                    + TlsFault.describe(e).or(() -> unknownHost(e)).orElse(e.getMessage());
            throw DatabaseAwayException.isBehind(e)
                    ? new DatabaseAwayException(message, e)
                    : new StartupException(message, e);
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(new LoginSource(this));
        config.setInitializationFailTimeout(-1);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(POOL_WAIT_MILLIS);
        config.setPoolName("panocrypt");
        return new HikariDataSource(config);
    }
}
