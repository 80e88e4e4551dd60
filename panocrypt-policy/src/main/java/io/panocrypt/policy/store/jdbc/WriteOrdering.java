package io.panocrypt.policy.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Orders the writing transactions of one node with those of other nodes and processes. There is one for each store, and
 * one thread at a time uses it unless a method says otherwise.
 *
 * <p>A transaction is exclusive or shared. While an exclusive one runs, no other transaction of any node does. Shared
 * ones run concurrently; they change no record and no epoch, so all of them see the same policy until they end.
 */
interface WriteOrdering {
    /** Prepares a connection, in auto-commit mode, for writing, and takes the node's name if that is needed. */
    void enter(Connection connection) throws SQLException;

    /** Begins a transaction. */
    void begin(WriterConnection connection, boolean exclusive) throws SQLException;

    /** Makes the transaction wait for others that spend one of these grants. */
    void awaitGrants(WriterConnection connection, Collection<String> grants) throws SQLException;

    /**
     * Shows the database that this node is alive, outside a transaction; called every few seconds while nothing is
     * written.
     */
    void beat(WriterConnection connection) throws SQLException;

    /** Releases what is held for this connection outside a transaction. */
    void leave(Connection connection) throws SQLException;

    /**
     * Whether another process has taken the node's name, after which this one never writes again; any thread may call
     * it.
     */
    boolean lost();
}
