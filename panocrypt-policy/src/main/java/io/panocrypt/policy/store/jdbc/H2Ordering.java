package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/** On H2 every transaction is alone: it holds the epoch's row to its end. */
final class H2Ordering implements WriteOrdering {
    private static final System.Logger LOG = System.getLogger(H2Ordering.class.getName());

    /** As long as a writer on SQLite waits, in milliseconds. */
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
    public void begin(WriterConnection connection, boolean alone) throws SQLException {
        connection.execute("BEGIN");
        connection.execute(Sql.EPOCH + " FOR UPDATE");
    }

    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) {
        // Nobody else can be spending.
    }

    @Override
    public void beat(WriterConnection connection) {
        // Nobody watches.
    }

    @Override
    public void leave(Connection connection) {
        // Nothing is held.
    }

    @Override
    public boolean lost() {
        return false;
    }
}
