package io.panocrypt.testkit.clock;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** On SQLite the store's clock is that of the machine that runs the node. */
class SqliteClockTest extends ClockScenarios {
    @TempDir
    private Path folder;

    private record OnFile(Path file) implements ClockSite.Stores {
        @Override
        public MutableClock storeClock(MutableClock nodes) {
            return nodes;
        }

        @Override
        public <T> T open(String node, MutableClock nodes, Function<ClockSite.Opened<?>, T> use) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);
            JdbcStore store = JdbcStore.open(source, Dialect.SQLITE, node, nodes, SchemaMode.CREATE);
            return use.apply(new ClockSite.Opened<>(store, store::close));
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
}
