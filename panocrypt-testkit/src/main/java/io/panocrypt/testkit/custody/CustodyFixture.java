package io.panocrypt.testkit.custody;

import io.panocrypt.crypto.custody.KeyCustody;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A custody under test and the facts about it that the contract needs.
 *
 * <p>{@link KeyCustodyContract} opens one per test and closes it afterwards. Tests of unsupported features are skipped.
 */
public interface CustodyFixture extends AutoCloseable {
    /** The custody under test, with one master key; {@link #reopen} may replace the object. */
    KeyCustody custody();

    /**
     * A custody of the same kind under another master key, or in another token; absent unless overridden.
     *
     * <p>The fixture closes it.
     */
    default Optional<KeyCustody> stranger() throws Exception {
        return Optional.empty();
    }

    /**
     * A custody that has the master key of {@link #custody} as a previous one, and another one for new keys, as while a
     * master key is replaced; absent unless overridden.
     *
     * <p>The fixture closes it.
     */
    default Optional<KeyCustody> successor() throws Exception {
        return Optional.empty();
    }

    /** Whether {@link #reopen} works; false unless overridden. */
    default boolean reopens() {
        return false;
    }

    /** Closes the custody and opens it again on its stored data, like a restart of the process. */
    default void reopen() throws Exception {
        throw new UnsupportedOperationException("this custody cannot be opened again");
    }

    /** Whether {@link #lose} works; false unless overridden. */
    default boolean loses() {
        return false;
    }

    /** Takes all keys out of the custody's reach, like a token that is unplugged. */
    default void lose() throws Exception {
        throw new UnsupportedOperationException("the keys of this custody cannot be taken away");
    }

    /**
     * Secrets that no text may contain: master keys, PINs, and the private keys generated so far if the fixture knows
     * them. None unless overridden.
     *
     * <p>The contract searches for the bytes as text, in hexadecimal, in base64, and as Java prints numbers and arrays.
     * Secrets shorter than 6 bytes cause false matches.
     */
    default List<byte[]> secrets() {
        return List.of();
    }

    /** Closes the custody and removes its stored data. */
    @Override
    void close() throws IOException;
}
