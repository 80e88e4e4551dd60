package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens a connection, or takes one from a pool; the caller closes it. */
interface Connector {
    Connection connect() throws SQLException;
}
