package io.panocrypt.testkit.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** On SQLite the store uses the clock of the node's machine. */
class SqliteClockTest extends ClockScenarios {
    @TempDir
    private Path folder;

    private record OnFile(Path file) implements ClockSite.Stores {
        static SQLiteDataSource source(Path file) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);
            return source;
        }

        @Override
        public MutableClock storeClock(MutableClock nodes) {
            return nodes;
        }

        @Override
        public <T> T open(String node, MutableClock nodes, Function<ClockSite.Opened, T> use) {
            JdbcStore store = JdbcStore.open(
                    source(file), Dialect.SQLITE, node, nodes, JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
            return use.apply(new ClockSite.Opened(store, store::close));
        }
    }

    @Override
    ClockSite.Stores stores() {
        return new OnFile(folder.resolve("store.db"));
    }

    @Test
    void refusesAGrantOfTheFutureUntilItsTimeHasCome() {
        site.allow(site.right, 3, Duration.ofMinutes(90));
        assertTrue(ClockSite.answers(site.jumping, site.allowed));
        site.jump(HOUR.negated());
        assertFalse(ClockSite.answers(site.jumping, site.allowed));
        site.pass(HOUR.minusSeconds(3), clocks());
        assertFalse(ClockSite.answers(site.jumping, site.allowed));
        site.pass(Duration.ofSeconds(1), clocks());
        assertTrue(ClockSite.answers(site.jumping, site.allowed));
        assertTrue(ClockSite.answers(site.right, site.allowed));
    }

    @Test
    void endsAGrantEarlyOnANodeThatIsAhead() {
        site.allow(site.right, 2, Duration.ofMinutes(30));
        site.jump(HOUR);
        assertFalse(ClockSite.answers(site.jumping, site.allowed));
        assertTrue(ClockSite.answers(site.right, site.allowed));
        site.jump(Duration.ZERO);
        assertTrue(ClockSite.answers(site.jumping, site.allowed));
    }

    /**
     * A lease depends on time too. For other nodes the lease of a node with a slow clock ends at once, and only one
     * node may settle.
     */
    @Test
    void tellsANoticeTwiceRatherThanNever() {
        MutableClock right = new MutableClock(ClockSite.START);
        MutableClock wrong = new MutableClock(ClockSite.START.minus(HOUR));
        Duration length = Duration.ofMinutes(1);
        try (JdbcStore store = open("right", right);
                JdbcStore other = open("wrong", wrong)) {
            store.write(StoreWrite.of()
                    .enqueue(List.of(new OutboxEntry("n", "topic", "{}")))
                    .build());
            assertEquals(List.of(), other.lease("early", length, 10), "its time has not come there");
            wrong.set(ClockSite.START);
            assertEquals(1, other.lease("first", length, 10).size());
            assertEquals(List.of(), store.lease("held", length, 10));
            right.advance(HOUR);
            assertEquals(1, store.lease("second", length, 10).size());
            assertFalse(other.settle("first", "n", new Settlement.Done(List.of())));
            assertTrue(store.settle("second", "n", new Settlement.Done(List.of())));
            assertEquals(0, store.outboxStatus().waiting());
        }
    }

    private JdbcStore open(String node, MutableClock clock) {
        return JdbcStore.open(
                OnFile.source(folder.resolve("store.db")),
                Dialect.SQLITE,
                node,
                clock,
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }
}
