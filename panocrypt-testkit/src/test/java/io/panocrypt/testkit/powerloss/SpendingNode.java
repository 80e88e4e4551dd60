package io.panocrypt.testkit.powerloss;

import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that spends from several threads while an operator edits. It writes one line per committed act, each in its
 * own write, and halts after a given number.
 */
final class SpendingNode {
    static final String DEVICE = "dev-1";
    static final String CHAIN = "node-a";
    static final int USES = 1_000_000;

    /**
     * A spend's line: this prefix, the id of its entry and the grant. An edit's line: this prefix and the id of its
     * entry.
     */
    static final String SPENT = "spent ";

    static final String EDITED = "edited ";

    /** The id prefix of edits' entries. */
    static final String EDIT = "edit-";

    /** Edit n opens grant n and cancels grant n minus this number. */
    static final int GRANTS_AT_ONCE = 3;

    private static final String TOKEN = "token:spend";
    /** Long, because a write may be slow while traced on a busy machine. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private static final int SPENDERS = 3;
    private static final int SPENDS_BETWEEN_EDITS = 10;

    private final JdbcStore store;
    private final OutputStream answers;
    private final AtomicInteger left;
    private final String run;

    private SpendingNode(JdbcStore store, OutputStream answers, int acts, String run) {
        this.store = store;
        this.answers = answers;
        this.left = new AtomicInteger(acts);
        this.run = run;
    }

    /** The command to run this program as a separate process. */
    static List<String> command(Path database, Path answers, int acts, String synchronous, String run) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SpendingNode.class.getName(),
                database.toString(),
                answers.toString(),
                Integer.toString(acts),
                synchronous,
                run);
    }

    /**
     * Arguments: the database file, the file for answers, the number of acts, SQLite's synchronous setting, the id
     * prefix.
     */
    public static void main(String[] arguments) throws IOException {
        JdbcStore store = open(arguments[0], arguments[3]);
        SpendingNode node = new SpendingNode(
                store, new FileOutputStream(arguments[1]), Integer.parseInt(arguments[2]), arguments[4]);
        if (node.version() == 0) {
            node.answer(EDITED + edit(store, 1));
        }
        for (int spender = 1; spender <= SPENDERS; spender++) {
            String prefix = arguments[4] + spender + "-";
            new Thread(() -> node.spend(prefix, Integer.MAX_VALUE)).start();
        }
        new Thread(node::operate).start();
    }

    static JdbcStore open(String file, String synchronous) {
        return JdbcStore.open(
                CarelessSqlite.source(file, synchronous),
                Dialect.SQLITE,
                CHAIN,
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(TIMEOUT));
    }

    /** Creates the database for the program. */
    static void prepare(String file) {
        try (JdbcStore store = open(file, "FULL")) {
            edit(store, 1);
        }
    }

    private static JournalEntry entry(String id, JournalEntry.Kind kind, Instant now, String body) {
        return new JournalEntry(id, kind, Instant.ofEpochMilli(now.toEpochMilli()), DEVICE, body);
    }

    private static String edit(JdbcStore store, int number) {
        String id = EDIT + number;
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        PolicyRecord device = new PolicyRecord(
                PolicyRecord.DEVICE, DEVICE, number, "{\"edit\":" + number + "}", Set.of(TOKEN), Set.of());
        WriteResult result = store.write(StoreWrite.of(entry(id, JournalEntry.Kind.AUDIT, now, "{}"))
                .growEpoch(number % 2 == 0)
                .put(device)
                .cancel(List.of(new GrantScope.Single(DEVICE, grant(number - GRANTS_AT_ONCE))))
                .grant(List.of(new Grant(grant(number), DEVICE, USES, USES, now, now.plus(Duration.ofDays(1)), "{}")))
                .build());
        if (!result.isWritten()) {
            throw new IllegalStateException("edit " + number + " was not made: " + result);
        }
        return id;
    }

    static String grant(int number) {
        return "g-" + number;
    }

    /** The number of edits in the database. */
    private int version() {
        return store.get(PolicyRecord.DEVICE, DEVICE)
                .map(device -> Math.toIntExact(device.version()))
                .orElse(0);
    }

    private void operate() {
        for (int number = version() + 1; ; number++) {
            spend(run + "o" + number + "-", SPENDS_BETWEEN_EDITS);
            answer(EDITED + edit(store, number));
        }
    }

    private void spend(String prefix, int times) {
        for (int number = 0; number < times; number++) {
            DecisionSnapshot seen = store.snapshot(TOKEN).orElseThrow();
            String grant = seen.grants().get(number % seen.grants().size()).id();
            String id = prefix + number;
            WriteResult result = store.write(StoreWrite.of(entry(id, JournalEntry.Kind.UNLOCK, seen.now(), grant))
                    .inEpoch(seen.epoch())
                    .require(PolicyRecord.DEVICE, DEVICE, seen.device().version())
                    .spend(DEVICE, List.of(grant))
                    .enqueue(List.of(new OutboxEntry(id, "grant-spent", "{}")))
                    .build());
            if (result.isWritten()) {
                answer(SPENT + id + " " + grant);
            }
        }
    }

    private void answer(String line) {
        try {
            answers.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(0);
        }
    }
}
