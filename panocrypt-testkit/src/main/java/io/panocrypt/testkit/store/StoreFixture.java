package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.Store;
import java.io.IOException;
import java.util.Optional;

/**
 * A store under test and the facts about it that the contract needs.
 *
 * <p>A contract opens one per test and closes it afterwards. Tests of unsupported features are skipped.
 */
public interface StoreFixture extends AutoCloseable {
    /** The store. */
    Store store();

    /** The name of the chain that this node extends. */
    String chain();

    /** Whether the store uses the contract's clock; true unless overridden. */
    default boolean followsClock() {
        return true;
    }

    /** Whether {@link #reopen} works; false unless overridden. */
    default boolean reopens() {
        return false;
    }

    /** Closes the store and opens it again on its stored data, like a restart of the process. */
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("this store cannot be opened again");
    }

    /**
     * Another node on the same data, with its own chain; absent unless overridden.
     *
     * <p>The fixture closes it.
     */
    default Optional<Store> anotherNode() throws Exception {
        return Optional.empty();
    }

    /** Closes the store and removes its stored data. */
    @Override
    void close() throws IOException;

    /** Creates a fixture for a store that is only in memory. */
    static StoreFixture inMemory(Store store, String chain) {
        return new StoreFixture() {
            @Override
            public Store store() {
                return store;
            }

            @Override
            public String chain() {
                return chain;
            }

            @Override
            public void close() {
                // There is no stored data.
            }
        };
    }
}
