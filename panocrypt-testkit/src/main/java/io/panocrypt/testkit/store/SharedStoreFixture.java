package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fixture for a store that several nodes share and that keeps its data while no node has it open.
 *
 * <p>A subclass implements {@link #open}. Override {@link #close} to remove the stored data after
 * {@code super.close()}. Not thread-safe; tests use only the nodes from several threads.
 */
public abstract class SharedStoreFixture implements StoreFixture {
    private static final String NODE = "node-a";
    private static final String OTHER = "node-b";

    private final List<Store> others = new ArrayList<>();
    private @Nullable Store store;

    /** Called by subclasses. */
    protected SharedStoreFixture() {}

    /**
     * Opens the initially empty store, which is closed if it is {@link AutoCloseable}. Called once per node and again after each {@link #reopen}.
     *
     * @param node the name of the node and its chain: {@code node-a} is under test, {@code node-b} is
     *     {@link #anotherNode}
     */
    protected abstract Store open(String node);

    /**
     * Called while {@link #reopen} has the store closed, for example to kill its server. Does nothing unless
     * overridden.
     */
    protected void betweenOpenings() throws Exception {
        // Most stores need nothing more than a close.
    }

    @Override
    public final Store store() {
        Store found = store;
        if (found == null) {
            found = open(NODE);
            store = found;
        }
        return found;
    }

    @Override
    public final String chain() {
        return NODE;
    }

    @Override
    public final boolean reopens() {
        return true;
    }

    @Override
    public final void reopen() throws Exception {
        close(store());
        betweenOpenings();
        store = open(NODE);
    }

    @Override
    public final Optional<Store> anotherNode() {
        Store other = open(OTHER);
        others.add(other);
        return Optional.of(other);
    }

    /** Closes the nodes. */
    @Override
    public void close() throws IOException {
        for (Store other : others) {
            close(other);
        }
        if (store != null) {
            close(store);
        }
    }

    private static void close(Store node) throws IOException {
        try {
            if (node instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
