package io.panocrypt.policy.internal.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.LogLines;
import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.spi.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageLogTest {
    private static final String NAME = "io.panocrypt.policy.internal.resilience.OutageLogTest";

    private final TestClock clock = new TestClock();
    private final LogLines lines = LogLines.of(NAME);
    private final OutageLog outages = new OutageLog(System.getLogger(NAME), "requests", clock);

    @AfterEach
    void close() {
        lines.close();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            outages.failed(new StoreException("cannot read", new SQLException("no route\nto host")));
        }
    }

    @Test
    void saysAnOutageOnceWithItsCauseOnOneLineAndWithoutAStackTrace() {
        fail(500);
        assertEquals(
                List.of(
                        "requests fail, nothing is granted; further failures are counted: cannot read: no route to host"),
                lines.texts());
        LogRecord first = lines.records().get(0);
        assertEquals(Level.SEVERE, first.getLevel());
        assertEquals(null, first.getThrown());
    }

    @Test
    void saysWhatATaskCouldNotDoWithoutAStackTraceWhereTheStoreFails() {
        OutageLog.logFailure(
                System.getLogger(NAME),
                "checkpoint failed",
                new StoreException("cannot read", new SQLException("away")));
        assertEquals(List.of("checkpoint failed: cannot read: away"), lines.texts());
        assertEquals(null, lines.records().get(0).getThrown());
    }

    @Test
    void keepsTheStackTraceOfAFaultOfTheTaskItself() {
        IllegalStateException bug = new IllegalStateException("a bug");
        OutageLog.logFailure(System.getLogger(NAME), "checkpoint failed", bug);
        assertEquals(bug, lines.records().get(0).getThrown());
    }

    @Test
    void tellsTheCountEachMinuteWhileItLasts() {
        fail(10);
        clock.advance(Duration.ofSeconds(59));
        fail(10);
        assertEquals(1, lines.texts().size());
        clock.advance(Duration.ofSeconds(1));
        fail(10);
        assertEquals(2, lines.texts().size());
        assertTrue(lines.texts().get(1).contains("still fail; 21 failed since 2026-01-02T03:04:05.678Z"));
        clock.advance(OutageLog.INTERVAL);
        fail(1);
        assertEquals(3, lines.texts().size());
    }

    @Test
    void saysOnceThatItIsOver() {
        fail(3);
        clock.advance(OutageLog.QUIET);
        outages.succeeded();
        outages.succeeded();
        assertEquals(2, lines.texts().size());
        assertTrue(lines.texts().get(1).startsWith("requests succeed again; 3 failed between "));
        fail(1);
        assertEquals(3, lines.texts().size(), "the next outage is a new one");
    }

    @Test
    void takesFailuresBetweenSuccessesForOneOutage() {
        for (int i = 0; i < 50; i++) {
            fail(1);
            outages.succeeded();
            clock.advance(Duration.ofSeconds(1));
        }
        assertEquals(1, lines.texts().size());
    }

    @Test
    void isNotSilencedByAClockThatIsSetBack() {
        fail(1);
        clock.advance(Duration.ofHours(-1));
        fail(1);
        assertEquals(2, lines.texts().size());
    }

    /** A hanging log, or one line for a thousand requests, must not block other requests. */
    @Test
    void letsNobodyWaitForWhoeverWritesIntoTheLog() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        Handler slow = new Handler() {
            @Override
            public void publish(LogRecord line) {
                writing.countDown();
                try {
                    assertTrue(written.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void flush() {
                // Nothing is buffered.
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
        Logger logger = Logger.getLogger(NAME);
        logger.addHandler(slow);
        Thread writer = new Thread(() -> fail(1));
        try {
            writer.start();
            assertTrue(writing.await(60, TimeUnit.SECONDS));
            assertTimeoutPreemptively(Duration.ofSeconds(30), outages::succeeded);
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> fail(10));
        } finally {
            written.countDown();
            writer.join();
            logger.removeHandler(slow);
        }
    }

    @Test
    void saysNothingWhileAllIsWell() {
        outages.succeeded();
        assertEquals(List.of(), lines.texts());
    }
}
