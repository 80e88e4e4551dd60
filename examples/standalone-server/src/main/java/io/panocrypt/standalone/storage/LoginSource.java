package io.panocrypt.standalone.storage;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** The pool's source of connections. Each connection logs in with the password that is current then. */
final class LoginSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient JdbcLogin login;

    LoginSource(JdbcLogin login) {
        this.login = login;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return login.tryToConnect();
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        return login.tryToConnect();
    }
}
