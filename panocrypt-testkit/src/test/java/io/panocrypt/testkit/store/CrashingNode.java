package io.panocrypt.testkit.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * A program that spends endlessly, and on PostgreSQL also edits, until it is killed. It prints the id of each committed
 * commit.
 */
final class CrashingNode {
    static final String TOKEN = "token:crash";
    static final String NODE = "node-a";

    /** Ends each line, so a line truncated by the kill is not taken for an id. */
    static final String MARK = ";";

    /** The prefix of an edit's id. */
    static final String EDIT = "edit-";

    private static final int THREADS = 4;

    private CrashingNode() {}

    /** Arguments: the SQLite file or PostgreSQL's URL, and the id prefix. */
    public static void main(String[] arguments) {
        boolean isUrl = arguments[0].startsWith("jdbc:");
        DataSource source = isUrl ? pool(arguments[0]) : SqliteFixture.file(Path.of(arguments[0]));
        Dialect dialect = isUrl ? Dialect.POSTGRESQL : Dialect.SQLITE;
        // A new process may not connect within the pool's timeout, or the last node's session may not have ended.
        JdbcStore store =
                retryUntilDone(() -> JdbcStore.open(source, dialect, NODE, InstantSource.system(), SchemaMode.CREATE));
        for (int thread = 0; thread < THREADS; thread++) {
            String prefix = arguments[1] + "-" + thread + "-";
            new Thread(() -> spend(store, prefix, CrashingNode::print, () -> false)).start();
        }
        if (isUrl) {
            edit(store, arguments[1], CrashingNode::print, () -> false);
        }
    }

    /** A pool that waits for a connection as long as a request would. */
    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(500);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static void print(String id) {
        System.out.print(id + MARK + "\n");
        System.out.flush();
    }

    /** Spends until nothing is left, and reports each committed id; retries after any exception of the store. */
    static void spend(JdbcStore store, String prefix, Consumer<String> told, BooleanSupplier done) {
        for (long number = 0; !done.getAsBoolean(); number++) {
            DecisionSnapshot seen = retryUntilDone(() -> store.snapshot(TOKEN).orElseThrow());
            String id = prefix + number;
            JournalEntry entry = new JournalEntry(
                    id, JournalEntry.Kind.UNLOCK, seen.now(), seen.device().id(), "{}");
            String grant = seen.grants().get(0).id();
            DecisionCommit commit = new DecisionCommit(
                    entry,
                    seen.device().id(),
                    seen.device().version(),
                    seen.epoch(),
                    List.of(grant),
                    List.of(),
                    List.of(new OutboxEntry(id, "grant-spent", "{}")));
            if (retryUntilDone(() -> store.commit(commit)) == CommitResult.COMMITTED) {
                told.accept(id);
            }
        }
    }

    /**
     * Bumps the epoch until it is stopped, and reports each committed audit entry. It pauses so other commits can
     * succeed.
     */
    static void edit(JdbcStore store, String prefix, Consumer<String> told, BooleanSupplier done) {
        for (long number = 0; !done.getAsBoolean(); number++) {
            String id = EDIT + prefix + "-" + number;
            JournalEntry audit =
                    new JournalEntry(id, JournalEntry.Kind.AUDIT, store.clock().instant(), null, "{}");
            retryUntilDone(
                    () -> store.apply(new PolicyEdit(audit, List.of(), null, true, List.of(), List.of(), List.of())));
            told.accept(id);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Retries until the store throws nothing. */
    static <T> T retryUntilDone(Supplier<T> act) {
        while (true) {
            try {
                return act.get();
            } catch (StoreException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }
}
