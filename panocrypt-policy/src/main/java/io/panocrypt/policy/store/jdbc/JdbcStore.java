package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.UniqueTermPage;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Reader.Wait;
import java.nio.file.Path;
import java.sql.Connection;
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
 * StoreRejectedException}. A write times out after 2 s, unless its settings have another timeout; if it had not
 * begun by then, it is withdrawn and never happens.
 *
 * <p>Each read takes its own connection from the data source for one statement, so its result is the state at one
 * moment, and a pool needs at least two. On SQLite a short read, such as of one device, uses the writer's connection
 * while that is idle.
 *
 * <p>The data source may be the application's. The store never works on a calling thread with a connection that the
 * data source hands out there, so it neither sees nor ends the caller's transaction, and nothing that it writes is
 * rolled back with it. It reads on threads of its own, at most 64 for short reads and 64 for pages of records and
 * history. A caller waits for a short read as long as for a write, and for a page 30 s. Through a {@link FailFastSource}
 * and in a file of {@link #openSqlite} the store reads on the calling thread, which is faster.
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
public final class JdbcStore implements Store, OutboxStore, AutoCloseable {
    private static final int PAGE_LIMIT = 1_000;

    private final Dialect dialect;
    private final TableNames names;
    private final InstantSource clock;
    private final InstantSource sharedClock;
    private final Reader reader;
    private final GroupCommitter writer;
    private final String uniqueTerms;
    private final String snapshot;
    private final String grants;
    private final String outboxStatus;
    private volatile boolean closed;

    private JdbcStore(Dialect dialect, TableNames names, InstantSource clock, Reader reader, GroupCommitter writer) {
        this.dialect = dialect;
        this.names = names;
        this.clock = clock;
        this.sharedClock = dialect.hasClock() ? new SharedClock(clock, this::askServer) : clock;
        this.reader = reader;
        this.writer = writer;
        this.uniqueTerms = Sql.scanUniqueTerms(dialect);
        this.snapshot = Sql.snapshot(dialect);
        this.grants = Sql.grants(dialect);
        this.outboxStatus = OutboxSql.status(dialect);
    }

    /**
     * Opens the store with the default settings but for the tables.
     *
     * @param mode what to do about the tables
     * @see #open(DataSource, Dialect, String, InstantSource, JdbcSettings)
     */
    public static JdbcStore open(
            DataSource source, Dialect dialect, String node, InstantSource clock, SchemaMode mode) {
        return open(source, dialect, node, clock, JdbcSettings.DEFAULTS.with(mode));
    }

    /**
     * Opens the store.
     *
     * @param source gives connections; the caller closes it after the store
     * @param dialect the kind of database
     * @param node the name of this node's chain
     * @param clock the store's time on SQLite; on PostgreSQL the nodes use the server's clock instead
     * @throws StoreException if the database does not answer or could lose commits, its schema is refused, or another
     *     process holds the node's name
     */
    public static JdbcStore open(
            DataSource source, Dialect dialect, String node, InstantSource clock, JdbcSettings settings) {
        TableNames names = new TableNames(settings.tablePrefix());
        Duration timeout = settings.timeout();
        Reader reader = source instanceof FailFastSource
                ? new SourceReader(source::getConnection, dialect, names, timeout)
                : new DetachedReader(source::getConnection, dialect, names, timeout);
        return Opening.run(
                "panocrypt-open-" + node,
                () -> open(source::getConnection, reader, dialect, names, node, clock, settings));
    }

    /**
     * Opens the store in an SQLite file, with connections of its own: the driver compiles each statement once, and no
     * pool is needed. At most 9 connections are open. {@link #close} closes them. SQLite's driver ({@code
     * org.xerial:sqlite-jdbc}) must be on the class path or module path.
     *
     * @param file created if missing, readable only by its owner; its folder must exist
     * @param node the name of this node's chain
     * @param clock the store's time
     * @throws StoreException if there is no driver, the file cannot be used, or its schema is refused
     * @throws IllegalArgumentException if the path contains a question mark
     */
    public static JdbcStore openSqlite(Path file, String node, InstantSource clock, JdbcSettings settings) {
        TableNames names = new TableNames(settings.tablePrefix());
        SqliteFile sqlite = new SqliteFile(file, names, settings.timeout());
        return Opening.run(
                "panocrypt-open-" + node, () -> open(sqlite, sqlite, Dialect.SQLITE, names, node, clock, settings));
    }

    private static JdbcStore open(
            Connector source,
            Reader reader,
            Dialect dialect,
            TableNames names,
            String node,
            InstantSource clock,
            JdbcSettings settings)
            throws SQLException {
        try (Connection connection = source.connect()) {
            connection.setAutoCommit(true);
            dialect.requireFitness(connection);
            dialect.requirePrivileges(connection, names);
            prepareSchema(connection, new Schema(dialect, names), dialect, clock, settings.schema());
        }
        GroupCommitter writer = new GroupCommitter(source, dialect, names, node, clock, settings.timeout());
        return new JdbcStore(dialect, names, clock, reader, writer);
    }

    /**
     * Checks that the database's user has the privilege that {@code Panocrypt.Builder.historyRetention} needs in
     * addition. Call it at start, because the first removal happens later. Thread-safe.
     *
     * @throws StoreException if the user lacks DELETE on the journal, or the database does not answer
     */
    public void requireRetentionPrivilege() {
        Optional<String> query = dialect.mayTruncateJournal();
        if (query.isPresent() && !read(Wait.SHORT, query.get(), rows -> rows.next() && rows.getBoolean(1))) {
            throw new StoreException(names.in("the database's user lacks privileges: DELETE on panocrypt_journal"));
        }
    }

    private static void prepareSchema(
            Connection connection, Schema schema, Dialect dialect, InstantSource clock, SchemaMode mode)
            throws SQLException {
        if (mode == SchemaMode.CREATE) {
            dialect.prepareMigration(connection);
            schema.create(connection, clock.millis());
        } else if (mode == SchemaMode.VALIDATE) {
            schema.validate(connection);
        }
    }

    /** The statements that give an empty database the schema that {@link SchemaMode#VALIDATE} accepts. */
    public static String schema(Dialect dialect) {
        return schema(dialect, JdbcSettings.DEFAULTS);
    }

    /** The same with the table prefix of these settings. */
    public static String schema(Dialect dialect, JdbcSettings settings) {
        return new Schema(dialect, new TableNames(settings.tablePrefix())).script();
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
        return read(Wait.SHORT, Sql.EPOCH, rows -> {
            if (!rows.next()) {
                throw new SQLException("the policy epoch is missing from panocrypt_meta");
            }
            return rows.getLong(1);
        });
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return records(Wait.SHORT, Sql.GET, kind, id).stream().findFirst();
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return records(Wait.SHORT, Sql.FIND, kind, uniqueTerm).stream().findFirst();
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        String from = after == null ? "" : after;
        return term == null
                ? records(Wait.LONG, Sql.SCAN, kind, from, page(limit))
                : records(Wait.LONG, Sql.SCAN_TERM, kind, term, from, page(limit));
    }

    @Override
    public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        int most = page(limit);
        TermRange range = TermRange.of(prefix, after);
        // The terms of one statement are complete, so what the page keeps of them is what the statement has selected.
        UniqueTermPage page = new UniqueTermPage(prefix, after, most);
        records(Wait.LONG, uniqueTerms, kind, range.first(), range.end(), most).forEach(page::add);
        return page.records();
    }

    private List<PolicyRecord> records(Wait wait, String sql, Object... values) {
        return read(wait, sql, rows -> Rows.parts(rows).records(), values);
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        Rows.Parts parts =
                readNow(Wait.SHORT, snapshot, Rows::parts, PolicyRecord.DEVICE, uniqueTerm, PolicyRecord.REQUEST);
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
    public WriteResult write(StoreWrite write) {
        return writer.call(new WriteOperation(write));
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return readNow(Wait.SHORT, grants, rows -> Rows.parts(rows).grants(), deviceId);
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        int limit = page(query.limit());
        JournalQuery.Position before =
                query.before() == null ? new JournalQuery.Position(Long.MAX_VALUE, "", 0) : query.before();
        String kind = query.kind().name();
        return query.deviceId() == null
                ? read(
                        Wait.LONG,
                        Sql.JOURNAL,
                        Rows::journal,
                        kind,
                        before.epochMilli(),
                        before.chain(),
                        before.sequence(),
                        limit)
                : read(
                        Wait.LONG,
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
        return read(Wait.LONG, Sql.CHAIN, Rows::journal, chain, after, page(limit));
    }

    @Override
    public List<ChainHead> heads() {
        return read(Wait.LONG, Sql.HEADS, Rows::heads);
    }

    /** True: a call that the database does not answer in time ends without it. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }

    @Override
    public boolean restores() {
        return true;
    }

    @Override
    public void restore(List<PolicyRecord> records, List<JournalRow> rows) {
        writer.call(new RestoreOperation(records, rows));
    }

    @Override
    public boolean truncates() {
        return true;
    }

    /** This object. */
    @Override
    public Optional<OutboxStore> outbox() {
        return Optional.of(this);
    }

    @Override
    public List<OutboxEntry> waiting(int limit) {
        return read(Wait.LONG, OutboxSql.WAITING, OutboxSql::entries, page(limit));
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
        return readNow(Wait.LONG, outboxStatus, OutboxSql::status);
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return read(Wait.LONG, OutboxSql.DEAD, OutboxSql::dead, after == null ? "" : after, page(limit));
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
     * Refuses further calls, finishes the writes that wait, and returns the writer's connection. Closes the connections
     * of {@link #openSqlite}, and leaves a data source to its owner. Waits for a database
     * that hangs as long as a write's timeout, at least 10 s.
     */
    @Override
    public void close() {
        closed = true;
        writer.close();
        reader.close();
    }

    private Instant askServer() {
        return read(Wait.SHORT, "SELECT " + dialect.now(), rows -> {
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
    private <T> T readNow(Wait wait, String sql, Mapping<T> mapping, Object... values) {
        if (dialect.hasClock()) {
            return read(wait, sql, mapping, values);
        }
        List<Object> all = new ArrayList<>(List.of(clock.millis()));
        all.addAll(List.of(values));
        return read(wait, sql, mapping, all.toArray());
    }

    private <T> T read(Wait wait, String sql, Mapping<T> mapping, Object... values) {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        if (writer.isLost()) {
            throw new StoreException("another process has taken the name of this node");
        }
        Optional<T> known = wait == Wait.SHORT ? writer.tryRead(sql, mapping, values) : Optional.empty();
        return known.isPresent() ? known.get() : reader.read(wait, sql, mapping, values);
    }

    private static int page(int limit) {
        if (limit < 1 || limit > PAGE_LIMIT) {
            throw new IllegalArgumentException("a page has 1 to " + PAGE_LIMIT + " rows, not " + limit);
        }
        return limit;
    }
}
