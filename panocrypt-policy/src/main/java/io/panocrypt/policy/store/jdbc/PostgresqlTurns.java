package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A node's row in {@code panocrypt_node}, which its transactions hold until they end; one that must be alone holds all rows.
 *
 * <p>So a commit whose outcome is unknown has ended before the same node's next transaction looks for it, and no decision
 * is committed under a policy that an edit has replaced.
 *
 * <p>The rows are the proof, and advisory locks before them make it fair: who waits for a row that is given up finds its next
 * version locked by whoever is quicker, for ever beside a busy node, whereas who waits for an advisory lock gets it before any
 * that come later. Where advisory locks do nothing all stays right.
 *
 * <p>The row's term counts who took the name, and each transaction names its own: a process that lost its name can no more
 * write. A lock that ends with the session tells whether the name's holder lives.
 */
final class PostgresqlTurns implements Turns {
    /** As long as a writer on SQLite waits, but less than a client's usual patience with a silent socket. */
    private static final String LOCK_TIMEOUT = "5s";

    /** A node that vanished inside a transaction holds up others no longer than this. */
    private static final String IDLE_TIMEOUT = "5s";

    /** Held by whoever is alone, and while a name is taken: a new row must not slip past who holds all others. */
    private static final String HOLD_GATE =
            "SELECT \"value\" FROM panocrypt_meta WHERE name = 'epoch' FOR NO KEY UPDATE";

    private static final String HOLD_ALL = "SELECT id FROM panocrypt_node ORDER BY id FOR NO KEY UPDATE";

    private static final String INSERT_NODE =
            "INSERT INTO panocrypt_node (name, term) VALUES (?, 0) ON CONFLICT (name) DO NOTHING";

    private static final String NODE = "SELECT id, term FROM panocrypt_node WHERE name = ? FOR NO KEY UPDATE";

    private static final String NEXT_TERM = "UPDATE panocrypt_node SET term = term + 1 WHERE name = ?";

    private static final String BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

    /** Locked by sessions that hold a node's name, under its row's id. */
    private static final String LIFE = key("panocrypt_node", "?");

    private static final String TRY_LIFE_LOCK = "SELECT pg_try_advisory_lock(" + LIFE + ")";

    private static final String GIVE_LIFE_LOCK = "SELECT pg_advisory_unlock(" + LIFE + ")";

    /** Locked by transactions in front of the nodes' rows, whose ids begin with 1. */
    private static final String TURN = key("panocrypt_node", "0");

    private static final String AWAIT_TURN_ALONE = "SELECT pg_advisory_xact_lock(" + TURN + ")";

    private static final String AWAIT_TURN_BESIDE = "SELECT pg_advisory_xact_lock_shared(" + TURN + ")";

    private static final String AWAIT_GRANT = "pg_advisory_xact_lock(" + key("panocrypt_device_grant", "?") + ")";

    /** What {@link #enter} may set for the session. */
    private static final List<String> SETTINGS =
            List.of("lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit");

    private static final long NO_TERM = 0;

    private final String node;

    /** How the session was set before, by name. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private int id;
    private long term = NO_TERM;
    private boolean holdsLifeLock;
    private volatile boolean lost;

    PostgresqlTurns(String node) {
        this.node = node;
    }

    /** The key of an advisory lock: the table, so that schemas of one database do not meet, and a number of 32 bits. */
    private static String key(String table, String number) {
        return "(CAST(CAST('" + table + "' AS regclass) AS oid)::bigint << 32) | " + number;
    }

    @Override
    public void enter(Connection connection) throws SQLException {
        holdsLifeLock = false;
        found.clear();
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                found.put(setting, text(statement, "SHOW " + setting));
            }
            statement.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
            statement.execute("SET idle_in_transaction_session_timeout = '" + IDLE_TIMEOUT + "'");
            requireDurability(statement);
            if (term == NO_TERM) {
                takeName(connection, statement);
            } else {
                holdsLifeLock = tryLifeLock(connection);
            }
        } catch (SQLException | RuntimeException e) {
            leaveAfter(connection, e);
            throw e;
        }
    }

    private void leaveAfter(Connection connection, Exception fault) {
        try {
            leave(connection);
        } catch (SQLException e) {
            fault.addSuppressed(e);
        }
    }

    private static void requireDurability(Statement statement) throws SQLException {
        if (text(statement, "SHOW fsync").equals("off")) {
            throw new StoreException("PostgreSQL does not sync to disk: fsync is off");
        }
        if (text(statement, "SHOW synchronous_commit").equals("off")) {
            statement.execute("SET synchronous_commit = on");
        }
        if (text(statement, "SHOW synchronous_commit").equals("off")) {
            throw new StoreException("PostgreSQL does not sync each commit: synchronous_commit is off");
        }
    }

    private void takeName(Connection connection, Statement statement) throws SQLException {
        statement.execute(BEGIN);
        boolean taken = false;
        try {
            statement.execute(AWAIT_TURN_ALONE);
            statement.execute(HOLD_GATE);
            update(connection, INSERT_NODE);
            long before = readNode(connection);
            if (!tryLifeLock(connection)) {
                throw new StoreException("another process is the node " + node + ": give this one another name");
            }
            holdsLifeLock = true;
            update(connection, NEXT_TERM);
            statement.execute("COMMIT");
            term = before + 1;
            taken = true;
        } finally {
            if (!taken) {
                statement.execute("ROLLBACK");
            }
        }
    }

    private void update(Connection connection, String sql) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            Parameters.bind(update, node);
            update.executeUpdate();
        }
    }

    private long readNode(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(NODE)) {
            Parameters.bind(query, node);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the row of this node is gone");
                }
                id = row.getInt(1);
                return row.getLong(2);
            }
        }
    }

    private boolean tryLifeLock(Connection connection) throws SQLException {
        return lifeLock(connection, TRY_LIFE_LOCK);
    }

    private boolean lifeLock(Connection connection, String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            Parameters.bind(query, (long) id);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    @Override
    public void begin(WriterConnection connection, boolean alone) throws SQLException {
        if (!holdsLifeLock) {
            // The session before may have outlived its connection; the term stands for us meanwhile.
            holdsLifeLock = tryLifeLock(connection.raw());
        }
        String wait = alone ? String.join("; ", AWAIT_TURN_ALONE, HOLD_GATE, HOLD_ALL) : AWAIT_TURN_BESIDE;
        String hold = "SELECT id FROM panocrypt_node WHERE id = " + id + " AND term = " + term + " FOR NO KEY UPDATE";
        // One way to the server and back for all of it.
        if (!endsWithRow(connection.raw(), String.join("; ", BEGIN, wait, hold))) {
            lost = true;
            throw new StoreException("another process has taken the name of this node, " + node);
        }
    }

    /** Whether the last of these statements answers with a row. */
    private static boolean endsWithRow(Connection connection, String statements) throws SQLException {
        boolean row = false;
        try (Statement statement = connection.createStatement()) {
            boolean isQuery = statement.execute(statements);
            while (isQuery || statement.getUpdateCount() >= 0) {
                row = isQuery && statement.getResultSet().next();
                isQuery = statement.getMoreResults();
            }
        }
        return row;
    }

    /** In one order for all nodes, lest two of them wait for each other. */
    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) throws SQLException {
        List<Object> values = new ArrayList<>();
        TreeSet<Long> keys = new TreeSet<>();
        grants.forEach(grant -> keys.add(Integer.toUnsignedLong(grant.hashCode())));
        // So that there are few such statements to prepare.
        int places = Integer.highestOneBit(2 * grants.size() - 1);
        fill(values, keys, places);
        fill(values, new TreeSet<>(grants), places);
        PreparedStatement await = connection.prepare("SELECT " + AWAIT_GRANT + (", " + AWAIT_GRANT).repeat(places - 1)
                + "; SELECT id FROM panocrypt_device_grant WHERE id IN (?" + ", ?".repeat(places - 1)
                + ") ORDER BY id FOR NO KEY UPDATE");
        Parameters.bind(await, values.toArray());
        await.execute();
    }

    /** Adds so many places, the last one again and again. */
    private static <T> void fill(List<Object> values, TreeSet<T> sorted, int places) {
        values.addAll(sorted);
        values.addAll(Collections.nCopies(places - sorted.size(), sorted.last()));
    }

    /** A pool keeps sessions: what the session holds must be given up by hand, and what was set be set back. */
    @Override
    public void leave(Connection connection) throws SQLException {
        if (holdsLifeLock) {
            holdsLifeLock = false;
            lifeLock(connection, GIVE_LIFE_LOCK);
        }
        // Not RESET: a pool may have set a session otherwise than the server does.
        try (PreparedStatement setting = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
            for (Map.Entry<String, String> old : found.entrySet()) {
                Parameters.bind(setting, old.getKey(), old.getValue());
                setting.execute();
            }
        }
        found.clear();
    }

    @Override
    public boolean lost() {
        return lost;
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet answer = statement.executeQuery(query)) {
            return answer.next() ? String.valueOf(answer.getString(1)) : "unknown";
        }
    }
}
