package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/**
 * How the writing transactions of one node take turns with those of other nodes and processes; one for each store, used by
 * one thread at a time unless said otherwise.
 *
 * <p>A transaction is alone, or beside others. One that is alone runs while no other transaction of any node does. Those
 * that run beside each other change no record and no epoch, so that all of them see the same policy to their end.
 */
interface WriteOrdering {
    /** Makes a connection, in auto-commit mode, fit for writing, and takes the node's name if that is needed. */
    void enter(Connection connection) throws SQLException;

    /** Begins a transaction. */
    void begin(WriterConnection connection, boolean alone) throws SQLException;

    /** Has the transaction wait for others that spend one of these grants. */
    void awaitGrants(WriterConnection connection, Collection<String> grants) throws SQLException;

    /** Shows the database that this node lives, outside a transaction; called each few seconds while nothing is written. */
    void beat(WriterConnection connection) throws SQLException;

    /** Gives up what is held for this connection outside a transaction. */
    void leave(Connection connection) throws SQLException;

    /** Whether another process has taken the node's name, so that this one will never write again; for any thread. */
    boolean lost();
}
