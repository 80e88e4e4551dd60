package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.internal.resilience.IsolatedThread;
import io.panocrypt.policy.spi.store.StoreException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Opens a store on a thread of its own: a data source may hand out the connection of the caller's transaction, which
 * the tables must not become a part of.
 */
final class Opening {
    private Opening() {}

    /** Opens a store. */
    interface Work {
        JdbcStore open() throws SQLException;
    }

    /** @throws StoreException if the database fails, or this thread is interrupted; nothing stays open then */
    static JdbcStore run(String name, Work work) {
        CompletableFuture<JdbcStore> opened = new CompletableFuture<>();
        Thread thread = IsolatedThread.of(() -> complete(opened, work), name);
        thread.start();
        try {
            return opened.get();
        } catch (InterruptedException e) {
            opened.cancel(false);
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while opening the store", e);
        } catch (ExecutionException e) {
            throw thrown(Objects.requireNonNull(e.getCause()));
        }
    }

    private static void complete(CompletableFuture<JdbcStore> opened, Work work) {
        try {
            JdbcStore store = work.open();
            if (!opened.complete(store)) {
                store.close();
            }
        } catch (Throwable e) {
            opened.completeExceptionally(e);
        }
    }

    private static RuntimeException thrown(Throwable fault) {
        if (fault instanceof Error error) {
            throw error;
        }
        return fault instanceof RuntimeException known ? known : new StoreException("cannot open the store", fault);
    }
}
