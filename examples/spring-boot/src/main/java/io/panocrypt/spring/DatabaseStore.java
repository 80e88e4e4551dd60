package io.panocrypt.spring;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Opens the store in the application's DataSource. */
final class DatabaseStore {
    private static final String MANY =
            "panocrypt: there is no DataSource, or there are several and none is primary: define"
                    + " one, name the right one panocryptDataSource, or define a bean of the type Store";

    private DatabaseStore() {}

    static JdbcStore open(
            @Nullable DataSource source, PanocryptProperties.StoreProperties settings, Environment environment) {
        if (source == null) {
            throw new SettingException(MANY);
        }
        String node = settings.node() == null ? hostName() + ":" + port(environment) : settings.node();
        return JdbcStore.open(source, dialect(source), node, InstantSource.system(), settings(settings));
    }

    private static JdbcSettings settings(PanocryptProperties.StoreProperties settings) {
        try {
            return new JdbcSettings(settings.schema(), settings.timeout(), settings.tablePrefix());
        } catch (IllegalArgumentException e) {
            throw new SettingException("panocrypt.store: " + e.getMessage(), e);
        }
    }

    private static Dialect dialect(DataSource source) {
        try (Connection connection = source.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            return switch (product) {
                case "PostgreSQL" -> Dialect.POSTGRESQL;
                case "SQLite" -> Dialect.SQLITE;
                case "H2" -> Dialect.H2;
                default ->
                    throw new SettingException("panocrypt: the DataSource leads to " + product
                            + ", and the store needs PostgreSQL or SQLite (H2 for tests): name another DataSource"
                            + " panocryptDataSource, or define a bean of the type Store");
            };
        } catch (SQLException e) {
            throw new SettingException("panocrypt: the DataSource does not connect: " + e.getMessage(), e);
        }
    }

    private static String port(Environment environment) {
        return environment.getProperty("server.port", "8080");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new SettingException("panocrypt.store.node is missing, and this host does not know its name", e);
        }
    }
}
