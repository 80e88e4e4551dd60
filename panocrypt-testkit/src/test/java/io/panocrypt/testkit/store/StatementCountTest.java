package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many statements a write takes on SQLite, its transaction included: what an unlock costs beside the sync. */
class StatementCountTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private final List<String> executed = Collections.synchronizedList(new ArrayList<>());
    private JdbcStore store;

    @BeforeEach
    void openStore() {
        store = JdbcStore.open(
                Interference.recording(SqliteFixture.file(folder.resolve("count.db")), executed),
                Dialect.SQLITE,
                "node-a",
                InstantSource.fixed(NOW),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        Grant grant = new Grant("g", "dev-1", 9, 9, NOW, NOW.plusSeconds(60), "{}");
        write(StoreWrite.of(entry("setup")).put(device(1)).grant(List.of(grant)));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private static PolicyRecord device(long version) {
        return new PolicyRecord(PolicyRecord.DEVICE, "dev-1", version, "{}", Set.of("token:one"), Set.of("a"));
    }

    private static JournalEntry entry(String id) {
        return new JournalEntry(id, JournalEntry.Kind.UNLOCK, NOW, "dev-1", "{}");
    }

    private static StoreWrite.Builder unlock() {
        return StoreWrite.of(entry("unlock")).inEpoch(1L).require(PolicyRecord.DEVICE, "dev-1", 1);
    }

    /** Only up to the commit: the writer may still clean up after an edit. */
    private int write(StoreWrite.Builder write) {
        executed.clear();
        assertEquals(new WriteResult.Written(), store.write(write.build()));
        return List.copyOf(executed).indexOf("COMMIT") + 1;
    }

    @Test
    void anUnlockAsksTwiceAndWritesOneRow() {
        // BEGIN; id and device version; epoch; head; entry; COMMIT
        assertEquals(6, write(unlock()), executed::toString);
    }

    @Test
    void aSpendTakesOneMore() {
        assertEquals(7, write(unlock().spend("dev-1", List.of("g"))), executed::toString);
    }

    @Test
    void aNoticeTakesOneMore() {
        assertEquals(7, write(unlock().enqueue(List.of(new OutboxEntry("n", "topic", "{}")))), executed::toString);
    }

    @Test
    void anEditOfADeviceTakesAnUpdateForEachTerm() {
        // BEGIN; id and version; epoch; holder; cancel; 2 deletes of terms; record; 2 terms; epoch; head; entry; COMMIT
        StoreWrite.Builder edit = StoreWrite.of(entry("edit"))
                .inEpoch(1L)
                .growEpoch(true)
                .put(device(2))
                .cancel(List.of(new GrantScope.OfDevice("dev-1")));
        assertEquals(14, write(edit), executed::toString);
    }

    @Test
    void countsTakeAQueryAndARowForEachEntry() {
        // BEGIN; 2 ids; head; 2 entries; COMMIT
        assertEquals(7, write(StoreWrite.of(entry("one"), entry("two"))), executed::toString);
    }
}
