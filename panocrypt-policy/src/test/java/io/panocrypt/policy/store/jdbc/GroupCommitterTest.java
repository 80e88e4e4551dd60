package io.panocrypt.policy.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.LogLines;
import io.panocrypt.policy.TestTimeout;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class GroupCommitterTest {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch back = new CountDownLatch(1);

    /** A fake database that accepts everything and returns no data. */
    private final DataSource source =
            answering(DataSource.class, answering(Connection.class, answering(Statement.class, null)));

    /** A proxy that returns this answer from every method whose type it fits, and otherwise nothing. */
    private static <T> T answering(Class<T> type, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, values) -> {
                    Class<?> result = method.getReturnType();
                    if (result == boolean.class) {
                        return false;
                    }
                    return result == int.class ? 0 : result.isInstance(answer) ? answer : null;
                }));
    }

    private GroupCommitter open(Duration closeTimeout) throws Exception {
        return new GroupCommitter(
                source::getConnection,
                Dialect.H2,
                new TableNames(TableNames.DEFAULT_PREFIX),
                "node-a",
                InstantSource.system(),
                TestTimeout.MAX,
                closeTimeout);
    }

    private String hang() {
        begun.countDown();
        try {
            assertTrue(back.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "written";
    }

    private Future<String> hangIn(GroupCommitter committer, ExecutorService callers) throws Exception {
        Future<String> write = callers.submit(() -> committer.call(transaction -> hang()));
        assertTrue(begun.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        return write;
    }

    @Test
    void closesThoughTheWriterHangs() throws Exception {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        try (LogLines lines = LogLines.of(GroupCommitter.class.getName())) {
            GroupCommitter committer = open(Duration.ofMillis(1));
            Future<String> write = hangIn(committer, callers);
            assertTimeoutPreemptively(TestTimeout.MAX, committer::close);
            assertEquals(
                    List.of("the writer hangs and was abandoned; a write that it has begun may still be committed:"
                            + " panocrypt-writer-node-a"),
                    lines.texts());
            assertThrows(StoreRejectedException.class, () -> committer.call(transaction -> "too late"));
            back.countDown();
            assertEquals("written", write.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } finally {
            back.countDown();
            callers.shutdown();
        }
    }

    @Test
    void finishesWhatWaitsBeforeItIsClosed() throws Exception {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        try (LogLines lines = LogLines.of(GroupCommitter.class.getName())) {
            GroupCommitter committer = open(TestTimeout.MAX);
            Future<String> write = hangIn(committer, callers);
            back.countDown();
            committer.close();
            assertEquals("written", write.get(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            assertEquals(List.of(), lines.texts());
        } finally {
            callers.shutdown();
        }
    }
}
