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
 * write. A lock that ends with the session tells that the name is held, and the session's last statement that its holder
 * lives, since it makes one each 5 s. A holder that was silent for 15 s, such as a host that lost power, is taken for dead
 * by whoever wants its name: its session is ended, and should it live, its term has passed.
 */
final class PostgresqlOrdering implements WriteOrdering {
    /** As long as a writer on SQLite waits, but less than a client's usual timeout with a silent socket. */
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

    /** Two beats may be late. */
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

    /** SQLSTATE of a lock that was waited for too long: a dead holder's transaction may still hold the turn. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String TRY_LIFE_LOCK = "SELECT pg_try_advisory_lock(" + LIFE + ")";

    private static final String GIVE_LIFE_LOCK = "SELECT pg_advisory_unlock(" + LIFE + ")";

    /** Locked by transactions in front of the nodes' rows, whose ids begin with 1. */
    private static final String TURN = key("panocrypt_node", "0");

    private static final String AWAIT_TURN_ALONE = "SELECT pg_advisory_xact_lock(" + TURN + ")";

    private static final String AWAIT_TURN_BESIDE = "SELECT pg_advisory_xact_lock_shared(" + TURN + ")";

    private static final String AWAIT_GRANT = "pg_advisory_xact_lock(" + key("panocrypt_device_grant", "?") + ")";

    /** What {@link #enter} may set for the session. */
    private static final List<String> SETTINGS = List.of(
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "synchronous_commit",
            "tcp_keepalives_idle",
            "tcp_keepalives_interval",
            "tcp_keepalives_count",
            "tcp_user_timeout");

    /** The server ends the session of a host that is gone within 20 s, idle or not; ignored where it cannot be set. */
    private static final String KEEP_ALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
            + " SET tcp_keepalives_count = 2; SET tcp_user_timeout = '20s'";

    private static final System.Logger LOG = System.getLogger(PostgresqlOrdering.class.getName());

    private static final long NO_TERM = 0;

    private final String node;

    /** How the session was set before, by name. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private int id;
    private long term = NO_TERM;
    private boolean holdsLifeLock;
    private volatile boolean lost;

    PostgresqlOrdering(String node) {
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

    /** Waits for a holder that may be dead, and refuses as soon as it shows that it lives. */
    private void takeNameInTime(Connection connection, Statement statement) throws SQLException {
        long deadline = System.nanoTime() + TAKE_OVER_LIMIT.toNanos();
        Holder before = Holder.NOBODY;
        while (!tryToTakeName(connection, statement)) {
            Holder holder = holder(connection);
            if (before.hasSpoken(holder) || System.nanoTime() - deadline > 0) {
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
     * @param changed when it last began or ended a statement; null where this user may not see it
     * @param idle whether it waits for its client
     * @param silent whether that was long ago
     */
    private record Holder(int pid, @Nullable String changed, boolean idle, boolean silent) {
        static final Holder NOBODY = new Holder(0, null, false, false);

        /** A session that waits goes on by its client's word only, whereas one that is at work ends that by itself. */
        boolean hasSpoken(Holder later) {
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
        try (PreparedStatement query = connection.prepareStatement(HOLDER)) {
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
                "the node {0} has been silent since {1}: its name is taken from it",
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
            statement.execute(AWAIT_TURN_ALONE);
            statement.execute(HOLD_GATE);
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

    @Override
    public void beat(WriterConnection connection) throws SQLException {
        connection.execute("SELECT 1");
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
