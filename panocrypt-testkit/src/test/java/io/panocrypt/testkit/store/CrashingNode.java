package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.CommitResult;
import io.panocrypt.policy.spi.DecisionCommit;
import io.panocrypt.policy.spi.DecisionSnapshot;
import io.panocrypt.policy.spi.JournalEntry;
import io.panocrypt.policy.spi.OutboxEntry;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A program that spends without end and prints the id of each commit once it is committed; made to be killed. */
final class CrashingNode {
    static final String TOKEN = "token:crash";
    static final String NODE = "node-a";

    /** Ends each line, so that a line that the kill cut short is not mistaken for an id. */
    static final String MARK = ";";

    private static final int THREADS = 4;

    private CrashingNode() {}

    /** Arguments: the database file, and what the ids begin with. */
    public static void main(String[] arguments) {
        JdbcStore store = JdbcStore.open(
                SqliteFixture.file(Path.of(arguments[0])),
                Dialect.SQLITE,
                NODE,
                InstantSource.system(),
                SchemaMode.CREATE);
        for (int thread = 0; thread < THREADS; thread++) {
            String prefix = arguments[1] + "-" + thread + "-";
            new Thread(() -> spend(store, prefix)).start();
        }
    }

    private static void spend(JdbcStore store, String prefix) {
        for (long number = 0; ; number++) {
            DecisionSnapshot seen = store.snapshot(TOKEN).orElseThrow();
            String id = prefix + number;
            JournalEntry entry = new JournalEntry(
                    id, JournalEntry.Kind.UNLOCK, seen.now(), seen.device().id(), "{}");
            String grant = seen.grants().get(0).id();
            CommitResult result = store.commit(new DecisionCommit(
                    entry,
                    seen.device().id(),
                    seen.device().version(),
                    seen.epoch(),
                    List.of(grant),
                    List.of(),
                    List.of(new OutboxEntry(id, "grant-spent", "{}"))));
            if (result == CommitResult.COMMITTED) {
                System.out.print(id + MARK + "\n");
                System.out.flush();
            }
        }
    }
}
