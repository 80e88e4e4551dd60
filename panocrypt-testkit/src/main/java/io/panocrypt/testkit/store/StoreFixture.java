package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.io.IOException;
import java.util.Optional;

/**
 * A store under test, with what the contracts must know about it.
 *
 * <p>A contract asks for one per test and closes it afterwards. What a store cannot do shows as a skipped test.
 */
public interface StoreFixture extends AutoCloseable {
    /** The store as operators' edits see it. */
    PolicyStore policies();

    /** The same store as decisions see it. */
    DecisionStore decisions();

    /** The name of the chain that this node extends. */
    String chain();

    /** Whether the store takes its time from the clock that the contract gave; true unless overridden. */
    default boolean followsClock() {
        return true;
    }

    /** Whether {@link #reopen} works; false unless overridden. */
    default boolean reopens() {
        return false;
    }

    /** Closes the store and opens it again on what it kept, as a restart of the process does. */
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("this store cannot be opened again");
    }

    /**
     * Another node on the same data, with a chain of another name; absent unless overridden.
     *
     * <p>The fixture closes it.
     */
    default Optional<DecisionStore> anotherNode() throws Exception {
        return Optional.empty();
    }

    /** Closes the store and removes what it kept. */
    @Override
    void close() throws IOException;

    /** A fixture around a store that lives in memory only. */
    static <S extends PolicyStore & DecisionStore> StoreFixture inMemory(S store, String chain) {
        return new StoreFixture() {
            @Override
            public PolicyStore policies() {
                return store;
            }

            @Override
            public DecisionStore decisions() {
                return store;
            }

            @Override
            public String chain() {
                return chain;
            }

            @Override
            public void close() {
                // Nothing is kept.
            }
        };
    }
}
