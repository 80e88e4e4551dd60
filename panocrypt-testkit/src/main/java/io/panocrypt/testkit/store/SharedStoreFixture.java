package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fixture for a store that several nodes share, and that keeps what it has while none of them has it open.
 *
 * <p>A subclass says how a node opens the store; override {@link #close} to remove what the store kept, after
 * {@code super.close()}. Not thread-safe; the nodes are what tests use from many threads.
 *
 * @param <S> both halves of the store
 */
@SuppressWarnings("try") // No node is closed by a try that could lose an interrupt.
public abstract class SharedStoreFixture<S extends PolicyStore & DecisionStore & AutoCloseable>
        implements StoreFixture {
    private static final String NODE = "node-a";
    private static final String OTHER = "node-b";

    private final List<S> others = new ArrayList<>();
    private @Nullable S store;

    /** For subclasses. */
    protected SharedStoreFixture() {}

    /**
     * Opens the store, which is empty at first, once for each node and again after each {@link #reopen}.
     *
     * @param node the node's name, and its chain's: {@code node-a} is under test, {@code node-b} is {@link #anotherNode}
     */
    protected abstract S open(String node);

    /** What happens to the store while {@link #reopen} has it closed, a kill of its server for one; nothing unless overridden. */
    protected void betweenOpenings() throws Exception {
        // Closed is enough for most.
    }

    private S store() {
        S found = store;
        if (found == null) {
            found = open(NODE);
            store = found;
        }
        return found;
    }

    @Override
    public final PolicyStore policies() {
        return store();
    }

    @Override
    public final DecisionStore decisions() {
        return store();
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
        store().close();
        betweenOpenings();
        store = open(NODE);
    }

    @Override
    public final Optional<DecisionStore> anotherNode() {
        S other = open(OTHER);
        others.add(other);
        return Optional.of(other);
    }

    /** Closes the nodes. */
    @Override
    public void close() throws IOException {
        for (S other : others) {
            close(other);
        }
        if (store != null) {
            close(store);
        }
    }

    private static void close(AutoCloseable node) throws IOException {
        try {
            node.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
