package io.panocrypt.testkit.powerloss;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The acts answered up to a moment. Checks that a database contains all of them and grants nothing twice. */
final class Promises {
    private final Set<String> rows = new HashSet<>();

    Promises() {}

    /** Copies the answers so far, so later ones are separate. */
    Promises(Promises earlier) {
        rows.addAll(earlier.rows);
    }

    /** Records the line of a sent answer. */
    void answered(String line) {
        rows.add(line.strip().split(" ")[1]);
    }

    int size() {
        return rows.size();
    }

    /** Opens the database like a restarted node and returns its faults; empty if there are none. */
    List<String> brokenBy(Path file) {
        List<String> faults = new ArrayList<>();
        // There is no power cut here, and what a start reads does not depend on syncing.
        try (JdbcStore store = SpendingNode.open(file.toString(), "OFF")) {
            List<JournalEntry> kept = chain(store, faults);
            Set<String> lost = new HashSet<>(rows);
            kept.forEach(entry -> lost.remove(entry.id()));
            if (!lost.isEmpty()) {
                faults.add("answered, and lost: " + lost);
            }
            state(store, file, kept, faults);
            store.write(StoreWrite.of(new JournalEntry("after", JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}"))
                    .build());
        } catch (SQLException | StoreException | IllegalArgumentException e) {
            // A torn page may hold anything, also in place of a hash.
            faults.add("cannot be used: " + e + ", " + e.getCause());
        }
        return faults;
    }

    private static List<JournalEntry> chain(JdbcStore store, List<String> faults) {
        List<JournalEntry> kept = new ArrayList<>();
        ChainHead end = ChainHead.start(SpendingNode.CHAIN);
        List<JournalRow> page = store.chain(SpendingNode.CHAIN, 0, 1_000);
        while (!page.isEmpty()) {
            for (JournalRow row : page) {
                if (!end.append(row.entry()).equals(row)) {
                    faults.add("the chain is broken at row " + row.sequence());
                }
                end = ChainHead.of(row);
                kept.add(row.entry());
            }
            page = store.chain(SpendingNode.CHAIN, end.sequence(), 1_000);
        }
        if (!store.heads().equals(kept.isEmpty() ? List.of() : List.of(end))) {
            faults.add("the chain's head is not its last row");
        }
        return kept;
    }

    /** Checks that an entry, its spent use and its notice are either all present or all absent. */
    private static void state(JdbcStore store, Path file, List<JournalEntry> kept, List<String> faults)
            throws SQLException {
        Map<String, Integer> spent = new HashMap<>();
        int edits = 0;
        int spends = 0;
        for (JournalEntry entry : kept) {
            if (entry.kind() == JournalEntry.Kind.UNLOCK) {
                spent.merge(entry.body(), 1, Integer::sum);
                spends++;
            } else if (entry.id().startsWith(SpendingNode.EDIT)) {
                edits++;
            }
        }
        long version = store.get(PolicyRecord.DEVICE, SpendingNode.DEVICE)
                .map(PolicyRecord::version)
                .orElse(0L);
        expect(edits, version, "version of the device", faults);
        try (Connection connection =
                        CarelessSqlite.source(file.toString(), "FULL").getConnection();
                Statement statement = connection.createStatement()) {
            for (int number = 1; number <= edits; number++) {
                String grant = " FROM panocrypt_device_grant WHERE id = '" + SpendingNode.grant(number) + "'";
                String name = SpendingNode.grant(number);
                expect(
                        SpendingNode.USES - spent.getOrDefault(name, 0),
                        number(statement, "SELECT uses_left" + grant),
                        "uses left of " + name,
                        faults);
                expect(
                        number + SpendingNode.GRANTS_AT_ONCE <= edits ? 1 : 0,
                        number(statement, "SELECT cancelled" + grant),
                        "cancelled of " + name,
                        faults);
            }
            expect(edits, number(statement, "SELECT COUNT(*) FROM panocrypt_device_grant"), "number of grants", faults);
            expect(spends, number(statement, "SELECT COUNT(*) FROM panocrypt_outbox"), "number of notices", faults);
            expect(
                    edits / 2 + 1,
                    number(statement, "SELECT value FROM panocrypt_meta WHERE name = 'epoch'"),
                    "epoch",
                    faults);
            expect(
                    0,
                    number(statement, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
                    "number of faults that SQLite finds",
                    faults);
        }
    }

    private static void expect(long expected, long found, String what, List<String> faults) {
        if (expected != found) {
            faults.add(what + ": " + found + " instead of " + expected);
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : -1;
        }
    }
}
