package io.panocrypt.testkit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller that times out waiting for SQLite leaves nothing that would be written later. */
class SqliteOutageTest {
    private static final int CALLERS = 50;
    private static final int USES = 1_000;
    private static final int ROUNDS = 20;
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-10-25T01:30:00Z"));
    private final Gate gate = new Gate();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private DataSource file;
    private JdbcStore store;

    @BeforeEach
    void open() {
        file = SqliteFixture.file(folder.resolve("store.db"));
        JournalEntry audit = new JournalEntry("setup", JournalEntry.Kind.AUDIT, clock.instant(), null, "{}");
        PolicyRecord device = new PolicyRecord(PolicyRecord.DEVICE, "dev-1", 1, "{}", Set.of("token:one"), Set.of());
        Grant grant = new Grant(
                "g", "dev-1", USES, USES, clock.instant(), clock.instant().plusSeconds(60), "{}");
        // Uses another store with a long timeout, since a successful call may be slow.
        try (JdbcStore patient = open(TestTimeout.MAX)) {
            patient.write(StoreWrite.of(audit).put(device).grant(List.of(grant)).build());
        }
        store = open(TIMEOUT);
    }

    private JdbcStore open(Duration timeout) {
        return JdbcStore.open(
                Interference.between(file, gate), Dialect.SQLITE, "node-a", clock, JdbcSettings.DEFAULTS.with(timeout));
    }

    @AfterEach
    void close() throws InterruptedException {
        gate.lift();
        callers.shutdown();
        assertTrue(callers.awaitTermination(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        store.close();
    }

    private StoreWrite commit(String id) {
        JournalEntry entry = new JournalEntry(id, JournalEntry.Kind.UNLOCK, clock.instant(), "dev-1", "{}");
        return StoreWrite.of(entry)
                .inEpoch(1L)
                .require(PolicyRecord.DEVICE, "dev-1", 1)
                .spend("dev-1", List.of("g"))
                .build();
    }

    private int usesLeft() {
        return store.grants("dev-1").get(0).usesLeft();
    }

    /** Lets several callers commit at the same time, and returns the exception of each. */
    private List<StoreException> commitUntilTimeout(String name) throws Exception {
        List<Future<StoreException>> asked = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String id = name + i;
            asked.add(callers.submit(() -> assertThrows(StoreException.class, () -> store.write(commit(id)))));
        }
        List<StoreException> faults = new ArrayList<>();
        for (Future<StoreException> one : asked) {
            faults.add(one.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
        return faults;
    }

    private static Statement lock(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.execute("BEGIN IMMEDIATE");
        return statement;
    }

    @Test
    void neverDoesWhatWasGivenUpWhileAnotherProcessHadTheLock() throws Exception {
        try (Connection other = file.getConnection();
                Statement lock = lock(other)) {
            assertTrue(commitUntilTimeout("c").stream().allMatch(StoreRejectedException.class::isInstance));
            lock.execute("ROLLBACK");
        }
        // Everything queued before runs first.
        assertEquals(new WriteResult.Written(), commitSoon("after"));
        assertEquals(USES - 1, usesLeft());
        assertEquals(2, store.heads().get(0).sequence());
    }

    /** Retries, since the writer may still wait for the lock and notice only later that it is free. */
    private WriteResult commitSoon(String id) {
        long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (true) {
            try {
                return store.write(commit(id));
            } catch (StoreException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    @Test
    void tellsOfWhatHadBegunThatItsOutcomeIsUnknownAndOfTheRestThatItIsNot() throws Exception {
        gate.shut();
        Future<StoreException> begun =
                callers.submit(() -> assertThrows(StoreException.class, () -> store.write(commit("begun"))));
        gate.awaitArrival();
        assertTrue(commitUntilTimeout("c").stream().allMatch(StoreRejectedException.class::isInstance));
        assertFalse(begun.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS) instanceof StoreRejectedException);
        gate.lift();
        assertEquals(new WriteResult.Written(), commitSoon("begun"), "the same commit, handed in again");
        assertEquals(USES - 1, usesLeft());
    }

    @Test
    void leavesRoomInTheQueueForThoseWhoComeLater() throws Exception {
        gate.shut();
        Future<StoreException> begun =
                callers.submit(() -> assertThrows(StoreException.class, () -> store.write(commit("begun"))));
        gate.awaitArrival();
        // More than may wait at once.
        for (int i = 0; i * CALLERS < 1_200; i++) {
            List<StoreException> faults = commitUntilTimeout("c" + i + "-");
            assertTrue(faults.stream().allMatch(StoreRejectedException.class::isInstance));
            assertTrue(faults.stream().noneMatch(fault -> fault.getMessage().contains("wait already")));
        }
        gate.lift();
        begun.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        assertEquals(new WriteResult.Written(), commitSoon("after"));
        assertEquals(USES - 2, usesLeft());
    }

    @Test
    void goesOnAfterTheOnlyCallerGaveUpWhileTheWriterWaitedForMore() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            queueTwoWrites("hope" + i + "-");
            String id = "alone" + i;
            Thread alone = new Thread(() -> commitUnlessInterrupted(id));
            alone.start();
            awaitParked(alone);
            alone.interrupt();
            alone.join();
        }
        assertEquals(new WriteResult.Written(), commitSoon("after"));
    }

    private void commitUnlessInterrupted(String id) {
        try {
            store.write(commit(id));
        } catch (StoreException e) {
            // Either is allowed, whether it had begun or not.
        }
    }

    private Thread committing(String id) {
        return new Thread(() -> commitSoon(id));
    }

    /** Queues two writes behind another one, so both are committed together. */
    private void queueTwoWrites(String name) throws Exception {
        gate.shut();
        Thread first = committing(name + 0);
        first.start();
        gate.awaitArrival();
        List<Thread> both = List.of(committing(name + 1), committing(name + 2));
        both.forEach(Thread::start);
        both.forEach(SqliteOutageTest::awaitParked);
        gate.lift();
        first.join();
        for (Thread one : both) {
            one.join();
        }
    }

    private static void awaitParked(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void tellsAFaultUnderWayFromAStoreThatIsClosed() throws Exception {
        store.close();
        store = open(TestTimeout.MAX);
        gate.failOnce(Gate.Fault.BEFORE);
        assertFalse(
                assertThrows(StoreException.class, () -> store.write(commit("c"))) instanceof StoreRejectedException);
        store.close();
        assertThrows(StoreRejectedException.class, () -> store.write(commit("d")));
    }
}
