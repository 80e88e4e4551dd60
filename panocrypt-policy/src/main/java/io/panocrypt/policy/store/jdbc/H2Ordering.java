package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** On H2 every transaction is exclusive: it holds the epoch's row until it ends. */
final class H2Ordering implements WriteOrdering {
    private static final System.Logger LOG = System.getLogger(H2Ordering.class.getName());

    /** In milliseconds; the same as the timeout of a writer on SQLite. */
    private static final String LOCK_TIMEOUT = "SET LOCK_TIMEOUT 5000";

    private boolean warned;

    @Override
    public void enter(Connection connection) throws SQLException {
        if (!warned) {
            warned = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "H2 does not sync to disk: a loss of power may bring spent uses back; for tests and demos only");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK_TIMEOUT);
        }
    }

    @Override
    public void begin(WriterConnection connection, boolean exclusive) throws SQLException {
        connection.execute("BEGIN");
        connection.execute(Sql.EPOCH + " FOR UPDATE");
    }

    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) {
        // No other transaction can be spending.
    }

    @Override
    public void beat(WriterConnection connection) {
        // No other node checks whether this one is alive.
    }

    @Override
    public void leave(Connection connection) {
        // No state is held.
    }

    @Override
    public boolean lost() {
        return false;
    }
}
