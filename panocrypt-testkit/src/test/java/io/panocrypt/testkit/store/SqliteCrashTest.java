package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repeatedly kills a working node, and checks what it left. */
class SqliteCrashTest {
    @TempDir
    private Path folder;

    @Test
    void keepsWhatWasCommittedOverTenKills() throws Exception {
        crash(10);
    }

    @Test
    @Tag("long")
    void keepsWhatWasCommittedOverManyKills() throws Exception {
        crash(Integer.getInteger("panocrypt.kills", 40));
    }

    private void crash(int rounds) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = folder.resolve("crash.db");
        try (JdbcStore store = open(file)) {
            Spending.prepare(store);
        }
        Set<String> told = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            told.addAll(runAndKill(file, "r" + round, random.nextInt(200)));
            verify(file, told, "round " + round + " of seed " + seed);
        }
    }

    private static JdbcStore open(Path file) {
        return JdbcStore.open(
                SqliteFixture.file(file),
                Dialect.SQLITE,
                JdbcNode.NAME,
                InstantSource.system(),
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }

    /** Kills the node the given time after its first id; returns the printed ids. */
    private static Set<String> runAndKill(Path file, String prefix, int millis) throws Exception {
        try (CrashingNode node = CrashingNode.start(JdbcNode.class, List.of(file.toString(), prefix))) {
            node.awaitWork();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            return node.kill();
        }
    }

    private static void verify(Path file, Set<String> told, String when) {
        try (JdbcStore store = open(file)) {
            Set<String> kept = Spending.kept(store, when);
            assertEquals(1, store.heads().size(), when);
            Set<String> lost = new HashSet<>(told);
            lost.removeAll(kept);
            assertEquals(Set.of(), lost, when);
        }
    }
}
