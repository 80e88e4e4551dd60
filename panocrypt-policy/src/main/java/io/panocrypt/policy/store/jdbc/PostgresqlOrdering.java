package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Orders transactions by row locks: each holds its node's row in {@code panocrypt_node} until it ends, and an exclusive
 * one holds all rows.
 *
 * <p>A commit whose outcome is unknown has therefore ended before the same node's next transaction looks for it, and no
 * decision is committed under a policy that an edit has replaced.
 *
 * <p>The row locks guarantee this; advisory locks taken before them only make it fair. A transaction that waits for a
 * released row finds its next version locked by a faster one, possibly without end next to a busy node. One that waits
 * for an advisory lock gets it before any later one. Correctness does not depend on advisory locks.
 *
 * <p>The row's term counts takeovers of the name, and each transaction states its own term: a process that lost its
 * name can no longer write. An advisory lock that ends with the session shows that the name is held. The session's last
 * statement shows that its holder is alive, since it makes one every 5 s. A holder that was silent for 15 s, such as a
 * host that lost power, counts as dead to a process that wants its name: its session is ended, and if it is alive after
 * all, its term is outdated.
 */
final class PostgresqlOrdering implements WriteOrdering {
    /** The same as a writer's on SQLite, but less than a client's usual timeout for a silent socket. */
    private static final String LOCK_TIMEOUT = "5s";

    /** Maximum time that a node that vanished inside a transaction delays the others. */
    private static final String IDLE_TIMEOUT = "5s";

    /**
     * Held by an exclusive transaction, and while a name is taken: a new row must not bypass the holder of all others.
     */
    private static final String HOLD_GATE =
            "SELECT \"value\" FROM panocrypt_meta WHERE name = 'epoch' FOR NO KEY UPDATE";

    private static final String HOLD_ALL = "SELECT id FROM panocrypt_node ORDER BY id FOR NO KEY UPDATE";

    private static final String INSERT_NODE =
            "INSERT INTO panocrypt_node (name, term) VALUES (?, 0) ON CONFLICT (name) DO NOTHING";

    private static final String NODE = "SELECT id, term FROM panocrypt_node WHERE name = ? FOR NO KEY UPDATE";

    private static final String NEXT_TERM = "UPDATE panocrypt_node SET term = term + 1 WHERE name = ?";

    private static final String BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

    /** Advisory lock of the session that holds a node's name, by the id of the node's row. */
    private static final String LIFE = key("panocrypt_node", "?");

    /** Tolerates two late beats. */
    private static final String SILENCE = "15s";

    private static final Duration TAKE_OVER_LIMIT = Duration.ofSeconds(30);

    private static final Duration TAKE_OVER_PAUSE = Duration.ofMillis(250);

    /** The session that holds the name. */
    private static final String HOLDER = "SELECT a.pid, CAST(a.state_change AS text), a.state LIKE 'idle%',"
            + " a.state_change < clock_timestamp() - interval '" + SILENCE + "'"
            + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.objid = ?"
            + " AND l.classid = CAST('panocrypt_node' AS regclass)"
            + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private static final String END_SESSION = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE pid = ? AND CAST(state_change AS text) = ?";

    /** SQLSTATE of a lock timeout: a dead holder's transaction may still hold the lock. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String TRY_LIFE_LOCK = "SELECT pg_try_advisory_lock(" + LIFE + ")";

    private static final String GIVE_LIFE_LOCK = "SELECT pg_advisory_unlock(" + LIFE + ")";

    /** Advisory lock that transactions take before the nodes' rows, whose ids start at 1. */
    private static final String ORDERING_LOCK = key("panocrypt_node", "0");

    private static final String AWAIT_EXCLUSIVE = "SELECT pg_advisory_xact_lock(" + ORDERING_LOCK + ")";

    private static final String AWAIT_SHARED = "SELECT pg_advisory_xact_lock_shared(" + ORDERING_LOCK + ")";

    private static final String AWAIT_GRANT = "pg_advisory_xact_lock(" + key("panocrypt_device_grant", "?") + ")";

    /** The session settings that {@link #enter} may change. */
    private static final List<String> SETTINGS = List.of(
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "synchronous_commit",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_keepalives_count",
            "tcp_user_timeout");

    /**
     * Makes the server end the session of a host that vanished within 20 s, idle or not; ignored if it cannot be set.
     */
    private static final String KEEP_ALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
            + " SET tcp_keepalives_count = 2; SET tcp_user_timeout = '20s'";

    private static final System.Logger LOG = System.getLogger(PostgresqlOrdering.class.getName());

    private static final long NO_TERM = 0;

    private final String node;
    private final TableNames names;

    /** The session's earlier settings, by name. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private int id;
    private long term = NO_TERM;
    private boolean holdsLifeLock;
    private volatile boolean lost;

    PostgresqlOrdering(String node, TableNames names) {
        this.node = node;
        this.names = names;
    }

    /** The key of an advisory lock: the table, which separates schemas of one database, and a number of 32 bits. */
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
            statement.execute(KEEP_ALIVE);
            requireDurability(statement);
            if (term == NO_TERM) {
                takeNameInTime(connection, statement);
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

    /** Waits for a holder that may be dead, and refuses as soon as it gives a sign of life. */
    private void takeNameInTime(Connection connection, Statement statement) throws SQLException {
        long deadline = System.nanoTime() + TAKE_OVER_LIMIT.toNanos();
        Holder before = Holder.NOBODY;
        while (!tryToTakeName(connection, statement)) {
            Holder holder = holder(connection);
            if (before.hasActed(holder) || System.nanoTime() - deadline > 0) {
                throw new StoreException("another process is the node " + node + ": give this one another name");
            }
            if (holder.silent()) {
                endSession(connection, holder);
            }
            before = holder;
            pause();
        }
    }

    /**
     * A session that holds the name.
     *
     * @param changed when it last began or ended a statement; null if this user may not see it
     * @param idle whether it waits for its client
     * @param silent whether that was more than {@link #SILENCE} ago
     */
    private record Holder(int pid, @Nullable String changed, boolean idle, boolean silent) {
        static final Holder NOBODY = new Holder(0, null, false, false);

        /**
         * Whether its client has acted since: only the client can move an idle session on, but a busy one ends its
         * statement by itself.
         */
        boolean hasActed(Holder later) {
            return idle && pid == later.pid && !Objects.equals(changed, later.changed);
        }
    }

    private boolean tryToTakeName(Connection connection, Statement statement) throws SQLException {
        try {
            return takeName(connection, statement);
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private Holder holder(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.in(HOLDER))) {
            Parameters.bind(query, (long) id);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? new Holder(row.getInt(1), row.getString(2), row.getBoolean(3), row.getBoolean(4))
                        : Holder.NOBODY;
            }
        }
    }

    private void endSession(Connection connection, Holder holder) throws SQLException {
        LOG.log(
                System.Logger.Level.WARNING,
                "node {0} has been silent since {1}; this process takes over its name",
                node,
                holder.changed());
        try (PreparedStatement end = connection.prepareStatement(END_SESSION)) {
            Parameters.bind(end, holder.pid(), holder.changed());
            end.execute();
        }
    }

    private static void pause() {
        LockSupport.parkNanos(TAKE_OVER_PAUSE.toNanos());
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreException("interrupted while waiting for the name of this node");
        }
    }

    /** @return false if another session holds it */
    private boolean takeName(Connection connection, Statement statement) throws SQLException {
        statement.execute(BEGIN);
        boolean taken = false;
        try {
            statement.execute(names.in(AWAIT_EXCLUSIVE));
            statement.execute(names.in(HOLD_GATE));
            update(connection, INSERT_NODE);
            long before = readNode(connection);
            if (!tryLifeLock(connection)) {
                return false;
            }
            holdsLifeLock = true;
            update(connection, NEXT_TERM);
            statement.execute("COMMIT");
            term = before + 1;
            taken = true;
            return true;
        } finally {
            if (!taken) {
                statement.execute("ROLLBACK");
            }
        }
    }

    private void update(Connection connection, String sql) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(names.in(sql))) {
            Parameters.bind(update, node);
            update.executeUpdate();
        }
    }

    private long readNode(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.in(NODE))) {
            Parameters.bind(query, node);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException(names.in("the row of this node is missing from panocrypt_node"));
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
        try (PreparedStatement query = connection.prepareStatement(names.in(sql))) {
            Parameters.bind(query, (long) id);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    @Override
    public void begin(WriterConnection connection, boolean exclusive) throws SQLException {
        if (!holdsLifeLock) {
            // The previous session may have outlived its connection; until it ends, the term alone protects the name.
            holdsLifeLock = tryLifeLock(connection.raw());
        }
        String wait = exclusive ? String.join("; ", AWAIT_EXCLUSIVE, HOLD_GATE, HOLD_ALL) : AWAIT_SHARED;
        String hold = "SELECT id FROM panocrypt_node WHERE id = " + id + " AND term = " + term + " FOR NO KEY UPDATE";
        // All of it takes one round trip to the server.
        if (!endsWithRow(connection.raw(), names.in(String.join("; ", BEGIN, wait, hold)))) {
            lost = true;
            throw new StoreException("another process has taken the name of this node, " + node);
        }
    }

    @Override
    public void beat(WriterConnection connection) throws SQLException {
        connection.execute("SELECT 1");
    }

    /** Whether the last of these statements returns a row. */
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

    /** Locks grants in the same order on all nodes, which prevents deadlocks. */
    @Override
    public void awaitGrants(WriterConnection connection, Collection<String> grants) throws SQLException {
        List<Object> values = new ArrayList<>();
        TreeSet<Long> keys = new TreeSet<>();
        grants.forEach(grant -> keys.add(Integer.toUnsignedLong(grant.hashCode())));
        // Rounds up to a power of two, which limits the number of prepared statements.
        int slots = Integer.highestOneBit(2 * grants.size() - 1);
        fill(values, keys, slots);
        fill(values, new TreeSet<>(grants), slots);
        PreparedStatement await = connection.prepare("SELECT " + AWAIT_GRANT + (", " + AWAIT_GRANT).repeat(slots - 1)
                + "; SELECT id FROM panocrypt_device_grant WHERE id IN (?" + ", ?".repeat(slots - 1)
                + ") ORDER BY id FOR NO KEY UPDATE");
        Parameters.bind(await, values.toArray());
        await.execute();
    }

    /** Adds this many values, the last one repeated. */
    private static <T> void fill(List<Object> values, TreeSet<T> sorted, int slots) {
        values.addAll(sorted);
        values.addAll(Collections.nCopies(slots - sorted.size(), sorted.last()));
    }

    /** Releases the session's locks and restores its settings, because a pool keeps the session open. */
    @Override
    public void leave(Connection connection) throws SQLException {
        if (holdsLifeLock) {
            holdsLifeLock = false;
            lifeLock(connection, GIVE_LIFE_LOCK);
        }
        // Not RESET: a pool may have set values that differ from the server's defaults.
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
