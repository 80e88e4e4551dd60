package io.panocrypt.policy.spi.entry;

import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks the input of an {@link EntryStore}: a store calls it first in each verb and needs to know no limits.
 * Thread-safe. Messages name no key and no value.
 */
public final class EntryInput {
    /** The greatest limit of a scan. */
    public static final int MAX_SCAN = 1_000;

    private EntryInput() {}

    /**
     * Checks the input of {@link EntryStore#read}.
     *
     * @param maxBatch the store's
     * @throws StoreInputException if a key is invalid or there are more than {@code maxBatch}
     */
    public static void checkRead(Collection<String> keys, int maxBatch) {
        keys.forEach(key -> checkKey(key, EntryStore.MAX_KEY_LENGTH));
        checkBatch(keys.size(), maxBatch);
    }

    /**
     * Checks the input of {@link EntryStore#scan}.
     *
     * @throws StoreInputException if a bound is invalid or the limit is not 1 to {@value #MAX_SCAN}
     */
    public static void checkScan(String from, String to, int limit) {
        // One more than a key, so a page can go on directly after any key.
        checkKey(from, EntryStore.MAX_KEY_LENGTH + 1);
        checkKey(to, EntryStore.MAX_KEY_LENGTH + 1);
        if (limit < 1 || limit > MAX_SCAN) {
            throw new StoreInputException("the limit of a scan is 1 to " + MAX_SCAN + ", not " + limit);
        }
    }

    /**
     * Checks the input of {@link EntryStore#write}.
     *
     * @param maxBatch the store's
     * @throws StoreInputException if a key or a value is invalid, a key is named twice by conditions or twice by
     *     mutations, or all together name more than {@code maxBatch} keys
     */
    public static void checkWrite(
            Collection<EntryCondition> conditions, Collection<EntryMutation> mutations, int maxBatch) {
        Set<String> keys = new HashSet<>();
        conditions.forEach(condition -> add(condition.key(), keys));
        Set<String> mutated = new HashSet<>();
        for (EntryMutation mutation : mutations) {
            add(mutation.key(), mutated);
            if (mutation instanceof EntryMutation.Put put) {
                checkValue(put.value());
            }
        }
        keys.addAll(mutated);
        checkBatch(keys.size(), maxBatch);
    }

    private static void add(String key, Set<String> keys) {
        checkKey(key, EntryStore.MAX_KEY_LENGTH);
        if (!keys.add(key)) {
            throw new StoreInputException("a key is named twice by conditions, or twice by mutations");
        }
    }

    private static void checkKey(String key, int max) {
        if (key.isEmpty() || key.length() > max) {
            throw new StoreInputException("a key has 1 to " + max + " characters, not " + key.length());
        }
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) <= ' ' || key.charAt(i) > '~') {
                throw new StoreInputException("a key is printable ASCII without the space");
            }
        }
    }

    private static void checkValue(String value) {
        StoreText.check(value);
        int max = EntryStore.MAX_VALUE_BYTES;
        // No character of a string takes less than one byte or more than three, so most values need no second look.
        if (value.length() > max || value.length() > max / 3 && value.getBytes(StandardCharsets.UTF_8).length > max) {
            throw new StoreInputException("a value is longer than " + max + " bytes");
        }
    }

    private static void checkBatch(int keys, int maxBatch) {
        if (keys > maxBatch) {
            throw new StoreInputException(keys + " keys are more than this store takes at once, " + maxBatch);
        }
    }
}
