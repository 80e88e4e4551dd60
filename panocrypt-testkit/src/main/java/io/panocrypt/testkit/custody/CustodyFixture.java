package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.KeyCustody;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A custody under test, with what the contract must know about it.
 *
 * <p>{@link KeyCustodyContract} asks for one per test and closes it afterwards. What a custody cannot do shows as a skipped
 * test.
 */
public interface CustodyFixture extends AutoCloseable {
    /** The custody; after {@link #reopen} it may be another object. */
    KeyCustody custody();

    /**
     * A custody of the same kind under another master key, or in another token; absent unless overridden.
     *
     * <p>The fixture closes it.
     */
    default Optional<KeyCustody> stranger() throws Exception {
        return Optional.empty();
    }

    /** Whether {@link #reopen} works; false unless overridden. */
    default boolean reopens() {
        return false;
    }

    /** Closes the custody and opens it again on what it kept, as a restart of the process does. */
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("this custody cannot be opened again");
    }

    /**
     * What no text may show: master keys, PINs, and the private keys made so far if the fixture can see them; none unless
     * overridden.
     *
     * <p>The contract looks for the bytes as text, in hexadecimal, in base64, and as Java prints numbers and arrays. A secret of fewer
     * than 6 bytes is found where it is not.
     */
    default List<byte[]> secrets() {
        return List.of();
    }

    /** Closes the custody and removes what it kept. */
    @Override
    void close() throws IOException;
}
