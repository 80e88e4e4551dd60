package io.panocrypt.policy.spi.entry;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * An ordered map from key to entry that several nodes share. {@code EntryBackedStore} makes a whole store from it.
 *
 * <p>A key is 1 to {@value #MAX_KEY_LENGTH} characters of printable ASCII without the space, so the order of its
 * characters is the order of its bytes. A value is text of at most {@value #MAX_VALUE_BYTES} bytes in UTF-8, which holds
 * neither NUL nor half of a surrogate pair. Other input is refused by a {@link StoreInputException} before anything
 * happens; {@link EntryInput} checks it. A version is text that the engine chooses: no two writes of one key ever have
 * the same version, not even if the key was removed between them.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link StoreException}. For {@link #write} this means that
 * the outcome is unknown, unless it is a {@link StoreRejectedException} or a {@link StoreInputException}: then nothing
 * has happened and nothing will. Every call ends at some time: see {@link #boundsItsCalls}. {@code EntryStoreContract} in
 * the testkit checks the rules.
 */
public interface EntryStore {
    /** The greatest length of a key, in characters and in bytes. */
    int MAX_KEY_LENGTH = 512;

    /** The greatest length of a value, in bytes of UTF-8. */
    int MAX_VALUE_BYTES = 256 * 1024;

    /**
     * The entries with these keys; keys that do not exist are left out. Each entry is as current as the last write that
     * returned before the call, but they may be of different moments.
     *
     * @param keys at most {@link #maxBatch}
     */
    Map<String, StoreEntry> read(Collection<String> keys);

    /**
     * Entries with {@code from <= key < to}, in the order of their keys; fewer than the limit only if the range has no
     * more. Each entry is as current as the last write that returned before the call, but they may be of different
     * moments.
     *
     * @param from a key, which need not exist; it may have one character more than a key, so {@code key + "!"} begins
     *     directly after any key
     * @param to like {@code from}; no entry is in the range unless it is greater
     * @param limit maximum number of entries, 1 to 1,000
     * @param order from which end the limit counts; also the order of the result
     */
    List<StoreEntry> scan(String from, String to, int limit, ScanOrder order);

    /**
     * Makes all mutations if all conditions hold, in one step that no other write interrupts.
     *
     * @param conditions each names a key of its own
     * @param mutations each names a key of its own; conditions and mutations together name at most {@link #maxBatch} keys
     * @return true if all of it is durable; false, and nothing has happened, if some condition did not hold
     */
    boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations);

    /** The time of the clock that all nodes share. It may go back a little; it is never used as a version. */
    Instant now();

    /** How many keys one {@link #read} or {@link #write} may name; 100 by default, at least 50. Never changes. */
    default int maxBatch() {
        return 100;
    }

    /**
     * Whether each call returns or throws within some seconds, whatever happens to the engine; false by default. Never
     * changes. A store on an engine that does not is called in threads of its own, as {@code
     * Store.boundsItsCalls} says.
     */
    default boolean boundsItsCalls() {
        return false;
    }
}
