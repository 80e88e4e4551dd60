package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.internal.resilience.Bulkhead;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads on threads of its own, for a data source that promises nothing: it may hand out the connection of the calling
 * thread's transaction, and may wait long for one. Pages have other threads than short reads, which machines wait for.
 */
final class DetachedReader implements Reader {
    private final SourceReader reader;
    private final Duration timeout;
    private final Bulkhead shortReads = Bulkhead.ofStore("jdbc-read");
    private final Bulkhead pages = Bulkhead.ofStore("jdbc-page");

    /** @param timeout of a write */
    DetachedReader(Connector source, Dialect dialect, TableNames names, Duration timeout) {
        this.reader = new SourceReader(source, dialect, names, timeout);
        this.timeout = timeout;
    }

    @Override
    public <T> T read(Wait wait, String sql, Mapping<T> mapping, Object... values) {
        Duration limit = wait.limit(timeout);
        AtomicBoolean connected = new AtomicBoolean();
        try {
            return (wait == Wait.SHORT ? shortReads : pages)
                    .call(() -> reader.read(wait, () -> connected.set(true), sql, mapping, values), limit);
        } catch (StoreException e) {
            if (e.getCause() instanceof TimeoutException && !connected.get()) {
                throw new StoreException(
                        "no connection within " + limit.toMillis()
                                + " ms: the data source's pool is used up, or the database is down",
                        e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        shortReads.close();
        pages.close();
    }
}
