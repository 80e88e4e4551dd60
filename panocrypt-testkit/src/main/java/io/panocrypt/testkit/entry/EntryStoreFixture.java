package io.panocrypt.testkit.entry;

import io.panocrypt.policy.spi.entry.EntryStore;
import java.io.IOException;
import java.util.Optional;

/**
 * An entry store under test and the facts about it that the contract needs.
 *
 * <p>{@link EntryStoreContract} opens one per test and closes it afterwards. Tests of unsupported features are skipped.
 */
public interface EntryStoreFixture extends AutoCloseable {
    /** The store under test; {@link #reopen} may replace the object. */
    EntryStore store();

    /** Whether the store uses the contract's clock; true unless overridden. If not, it must use the real time. */
    default boolean followsClock() {
        return true;
    }

    /**
     * Another node on the same data; absent unless overridden.
     *
     * <p>The fixture closes it. For an engine inside the process it is {@link #store} itself.
     */
    default Optional<EntryStore> anotherNode() throws Exception {
        return Optional.empty();
    }

    /** Whether {@link #reopen} works; false unless overridden. */
    default boolean reopens() {
        return false;
    }

    /** Closes the store and opens it again on its stored data; at best, its engine is killed in between. */
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("this store cannot be opened again");
    }

    /** Closes the store and removes its stored data. */
    @Override
    void close() throws IOException;
}
