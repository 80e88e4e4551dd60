package io.panocrypt.testkit.upgrade;

import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/** A program that, for each given file, opens the store, writes one entry and reports that it is done. */
final class StartingNode {
    static final String DONE = "done";

    private StartingNode() {}

    /** Arguments: the node's name. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = orders.readLine(); file != null; file = orders.readLine()) {
            try (JdbcStore store = JdbcStore.open(
                    StoredDatabase.source(Path.of(file)),
                    Dialect.SQLITE,
                    arguments[0],
                    InstantSource.system(),
                    JdbcSettings.DEFAULTS.with(TestTimeout.MAX))) {
                store.write(StoreWrite.of(
                                new JournalEntry(arguments[0], JournalEntry.Kind.AUDIT, Instant.EPOCH, null, "{}"))
                        .build());
            }
            System.out.println(DONE);
        }
    }
}
