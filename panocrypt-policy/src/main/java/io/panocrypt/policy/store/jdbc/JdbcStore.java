package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in a relational database that survives a crash at any moment.
 *
 * <p>All writes go through one thread with one connection, which it keeps. It commits the waiting writes (at most 256)
 * in one transaction and answers each caller afterwards. At most 1,024 writes wait; further ones get a {@link
 * StoreRejectedException}. A write times out after 2 s, unless the store is opened with another timeout; if it had not
 * begun by then, it is withdrawn and never happens.
 *
 * <p>Each read takes its own connection from the data source, so a pool needs at least two. On SQLite a short read,
 * such as of one device, uses the writer's connection while that is idle. A read is one statement, so its result is the
 * state at one moment. The data source should limit the wait for a connection and for an answer; on PostgreSQL a short
 * read also times out after the timeout of writes.
 *
 * <p>Thread-safe. A {@link StoreException} from a write means that its outcome is unknown, unless it is a {@link
 * StoreRejectedException}; the writer then continues on a new connection. Input that the database refuses, such as a
 * key that is too long, is a {@link StoreInputException}, and nothing has happened. A caller that is interrupted while
 * it waits gets a {@link StoreException}, and its interrupt flag stays set.
 *
 * <p>Several nodes may share a database if each has its own name. On SQLite, processes with the same name extend the
 * same chain. On PostgreSQL, a name whose holder is alive is refused, and one whose holder was silent for 15 s is taken
 * over; a holder that lost its name refuses every call from then on.
 */
public final class JdbcStore implements PolicyStore, DecisionStore, AutoCloseable {
    private static final int PAGE_LIMIT = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final DataSource source;
    private final Dialect dialect;
    private final InstantSource clock;
    private final InstantSource sharedClock;
    private final GroupCommitter writer;
    private final Duration timeout;
    private final String snapshot;
    private final String grants;
    private final String outboxStatus;
    private volatile boolean closed;

    private JdbcStore(
            DataSource source, Dialect dialect, InstantSource clock, GroupCommitter writer, Duration timeout) {
        this.source = source;
        this.dialect = dialect;
        this.clock = clock;
        this.sharedClock = dialect.hasClock() ? new SharedClock(clock, this::askServer) : clock;
        this.writer = writer;
        this.timeout = timeout;
        this.snapshot = Sql.snapshot(dialect);
        this.grants = Sql.grants(dialect);
        this.outboxStatus = OutboxSql.status(dialect);
    }

    /**
     * Opens the store.
     *
     * @param source gives connections; the caller closes it after the store
     * @param dialect the kind of database
     * @param node the name of this node's chain
     * @param clock the store's time on SQLite; on PostgreSQL the nodes use the server's clock instead
     * @param mode what to do about the tables
     * @throws StoreException if the database does not answer or could lose commits, its schema is refused, or another
     *     process holds the node's name
     */
    public static JdbcStore open(
            DataSource source, Dialect dialect, String node, InstantSource clock, SchemaMode mode) {
        return open(source, dialect, node, clock, mode, TIMEOUT);
    }

    /**
     * Like {@link #open(DataSource, Dialect, String, InstantSource, SchemaMode) the other one}, with another timeout.
     *
     * @param timeout of a write, and on PostgreSQL of a short read; default 2 s
     */
    public static JdbcStore open(
            DataSource source, Dialect dialect, String node, InstantSource clock, SchemaMode mode, Duration timeout) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(true);
            dialect.requireFitness(connection);
            dialect.requirePrivileges(connection);
            prepareSchema(connection, dialect, clock, mode);
        } catch (SQLException e) {
            throw new StoreException("cannot open the store", e);
        }
        try {
            return new JdbcStore(
                    source, dialect, clock, new GroupCommitter(source, dialect, node, clock, timeout), timeout);
        } catch (SQLException e) {
            throw new StoreException("cannot open the store", e);
        }
    }

    /**
     * Checks that the database's user has the privilege that {@code Panocrypt.Builder.historyRetention} needs in
     * addition. Call it at start, because the first removal happens later. Thread-safe.
     *
     * @throws StoreException if the user lacks DELETE on the journal, or the database does not answer
     */
    public void requireRetentionPrivilege() {
        try (Connection connection = source.getConnection()) {
            if (!dialect.mayTruncateJournal(connection)) {
                throw new StoreException("the database's user lacks privileges: DELETE on panocrypt_journal");
            }
        } catch (SQLException e) {
            throw Faults.reading(e, dialect);
        }
    }

    private static void prepareSchema(Connection connection, Dialect dialect, InstantSource clock, SchemaMode mode)
            throws SQLException {
        Schema schema = new Schema(dialect);
        if (mode == SchemaMode.CREATE) {
            dialect.prepareMigration(connection);
            schema.create(connection, clock.millis());
        } else if (mode == SchemaMode.VALIDATE) {
            schema.validate(connection);
        }
    }

    /** The statements that give an empty database the schema that {@link SchemaMode#VALIDATE} accepts. */
    public static String schema(Dialect dialect) {
        return new Schema(dialect).script();
    }

    /**
     * The store's time, for stamping edits. On PostgreSQL it is the server's, which makes one node's grants valid on
     * all, whatever their own clocks show; on SQLite it is the clock that was given. It never throws. Thread-safe.
     */
    public InstantSource clock() {
        return sharedClock;
    }

    @Override
    public long epoch() {
        return read(Sql.EPOCH, rows -> {
            if (!rows.next()) {
                throw new SQLException("the policy epoch is missing from panocrypt_meta");
            }
            return rows.getLong(1);
        });
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return records(Sql.GET, kind, id).stream().findFirst();
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return records(Sql.FIND, kind, uniqueTerm).stream().findFirst();
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        String from = after == null ? "" : after;
        return term == null
                ? records(Sql.SCAN, kind, from, page(limit))
                : records(Sql.SCAN_TERM, kind, term, from, page(limit));
    }

    private List<PolicyRecord> records(String sql, Object... values) {
        return read(sql, rows -> Rows.parts(rows).records(), values);
    }

    @Override
    public EditResult apply(PolicyEdit edit) {
        return writer.call(new EditOperation(edit));
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        Rows.Parts parts = readNow(snapshot, Rows::parts, PolicyRecord.DEVICE, uniqueTerm, PolicyRecord.REQUEST);
        return parts.records().stream()
                .filter(found -> found.kind().equals(PolicyRecord.DEVICE))
                .findFirst()
                .map(device -> new DecisionSnapshot(
                        parts.now(),
                        parts.epoch(),
                        device,
                        parts.grants(),
                        parts.records().stream()
                                .filter(found -> found.kind().equals(PolicyRecord.REQUEST))
                                .toList()));
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return writer.call(new DecisionOperation(commit));
    }

    @Override
    public void append(JournalEntry entry) {
        shared(transaction -> {
            boolean isNew = !transaction.hasEntry(entry.id());
            if (isNew) {
                transaction.append(entry);
            }
            return isNew;
        });
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return writer.call(new NoteOperation(entries, changes));
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        return writer.call(new CutOperation(cut));
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return readNow(grants, rows -> Rows.parts(rows).grants(), deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        int limit = page(query.limit());
        JournalQuery.Position before =
                query.before() == null ? new JournalQuery.Position(Long.MAX_VALUE, "", 0) : query.before();
        String kind = query.kind().name();
        return query.deviceId() == null
                ? read(Sql.JOURNAL, Rows::journal, kind, before.epochMilli(), before.chain(), before.sequence(), limit)
                : read(
                        Sql.JOURNAL_OF_DEVICE,
                        Rows::journal,
                        query.deviceId(),
                        kind,
                        before.epochMilli(),
                        before.chain(),
                        before.sequence(),
                        limit);
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        return read(Sql.CHAIN, Rows::journal, chain, after, page(limit));
    }

    @Override
    public List<ChainHead> heads() {
        return read(Sql.HEADS, Rows::heads);
    }

    /** True, provided that the data source limits its waits. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }

    @Override
    public List<OutboxEntry> outbox(int limit) {
        return read(OutboxSql.WAITING, OutboxSql::entries, page(limit));
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        shared(transaction -> OutboxOperation.keep(transaction, entries));
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        int most = page(limit);
        return shared(transaction -> OutboxOperation.lease(transaction, lease, length, most));
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return shared(transaction -> OutboxOperation.settle(transaction, lease, entryId, settlement));
    }

    @Override
    public OutboxStatus outboxStatus() {
        return readNow(outboxStatus, OutboxSql::status);
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return read(OutboxSql.DEAD, OutboxSql::dead, after == null ? "" : after, page(limit));
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return shared(transaction -> transaction.update(OutboxSql.REVIVE, transaction.now(), entryId) == 1);
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return shared(transaction -> transaction.update(OutboxSql.DROP, transaction.now(), entryId) == 1);
    }

    @Override
    public int purgeOutbox(Duration age) {
        return shared(transaction -> transaction.update(OutboxSql.PURGE, transaction.now() - age.toMillis()));
    }

    /**
     * Refuses further calls, finishes the writes that wait, and returns the writer's connection. Waits for a database
     * that hangs as long as a write's timeout, at least 10 s.
     */
    @Override
    public void close() {
        closed = true;
        writer.close();
    }

    private Instant askServer() {
        return read("SELECT " + dialect.now(), rows -> {
            if (!rows.next()) {
                throw new SQLException("no time");
            }
            return Instant.ofEpochMilli(rows.getLong(1));
        });
    }

    private <T> T shared(GroupCommitter.Work<T> work) {
        return writer.call(new SharedWork<>(work));
    }

    /** Reads with a statement whose first parameter is the time, if the dialect needs it. */
    private <T> T readNow(String sql, Mapping<T> mapping, Object... values) {
        if (dialect.hasClock()) {
            return read(sql, mapping, values);
        }
        List<Object> all = new ArrayList<>(List.of(clock.millis()));
        all.addAll(List.of(values));
        return read(sql, mapping, all.toArray());
    }

    private <T> T read(String sql, Mapping<T> mapping, Object... values) {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        if (writer.isLost()) {
            throw new StoreException("another process has taken the name of this node");
        }
        try {
            Optional<T> known = isPrompt(sql) ? writer.tryRead(sql, mapping, values) : Optional.empty();
            return known.isPresent() ? known.get() : readOnOwnConnection(sql, mapping, values);
        } catch (SQLException e) {
            throw Faults.reading(e, dialect);
        }
    }

    private <T> T readOnOwnConnection(String sql, Mapping<T> mapping, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            if (connection.getAutoCommit()) {
                return queryInTime(connection, sql, mapping, values);
            }
            connection.setAutoCommit(true);
            return andThen(() -> queryInTime(connection, sql, mapping, values), () -> connection.setAutoCommit(false));
        }
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private interface Undo extends AutoCloseable {
        @Override
        void close() throws SQLException;
    }

    /** Undoes what was set for the query, even if the query fails; a fault of the undoing never hides the query's. */
    private static <T> T andThen(Query<T> query, Undo undo) throws SQLException {
        try (undo) {
            return query.run();
        }
    }

    private <T> T queryInTime(Connection connection, String sql, Mapping<T> mapping, Object... values)
            throws SQLException {
        return dialect.hasClock() && isPrompt(sql)
                ? queryPromptly(connection, sql, mapping, values)
                : query(connection, sql, mapping, values);
    }

    /** Whether it reads one object by its key for a waiting caller: a server that stays silent is then unavailable. */
    private boolean isPrompt(String sql) {
        return sql.equals(snapshot) || sql.equals(Sql.FIND) || sql.equals(Sql.GET) || sql.equals(Sql.EPOCH);
    }

    private <T> T queryPromptly(Connection connection, String sql, Mapping<T> mapping, Object... values)
            throws SQLException {
        int silence = connection.getNetworkTimeout();
        // To the driver, 0 means no timeout.
        int most = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
        if (silence > 0 && silence <= most) {
            return query(connection, sql, mapping, values);
        }
        connection.setNetworkTimeout(Runnable::run, most);
        return andThen(
                () -> query(connection, sql, mapping, values),
                () -> connection.setNetworkTimeout(Runnable::run, silence));
    }

    private static <T> T query(Connection connection, String sql, Mapping<T> mapping, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Parameters.bind(statement, values);
            try (ResultSet rows = statement.executeQuery()) {
                return mapping.map(rows);
            }
        }
    }

    private static int page(int limit) {
        if (limit < 1 || limit > PAGE_LIMIT) {
            throw new IllegalArgumentException("a page has 1 to " + PAGE_LIMIT + " rows, not " + limit);
        }
        return limit;
    }
}
