package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.testkit.support.LoopbackServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An entry store on a server that several tests share; {@link #reopen} also kills the server and starts it again.
 *
 * <p>It closes each store that it has opened, and not the server. Not thread-safe; tests use only the nodes from several
 * threads.
 *
 * @param <S> the store
 */
@SuppressWarnings("try") // nodes are not closed by a try statement that could lose an interrupt
public final class ServerEntryFixture<S extends EntryStore & AutoCloseable> implements EntryStoreFixture {
    private final LoopbackServer server;
    private final boolean followsClock;
    private final Supplier<S> opener;
    private final List<S> others = new ArrayList<>();
    private S store;

    /**
     * Opens the first node.
     *
     * @param followsClock whether the store uses the contract's clock; if not, it must use the real time
     * @param opener opens a node on the same data each time; at first they are empty
     */
    public ServerEntryFixture(LoopbackServer server, boolean followsClock, Supplier<S> opener) {
        this.server = server;
        this.followsClock = followsClock;
        this.opener = opener;
        this.store = opener.get();
    }

    @Override
    public EntryStore store() {
        return store;
    }

    @Override
    public boolean followsClock() {
        return followsClock;
    }

    @Override
    public Optional<EntryStore> anotherNode() {
        S other = opener.get();
        others.add(other);
        return Optional.of(other);
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() throws Exception {
        store.close();
        server.kill();
        server.restart();
        store = opener.get();
    }

    @Override
    public void close() throws IOException {
        others.add(store);
        for (S node : others) {
            try {
                node.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
