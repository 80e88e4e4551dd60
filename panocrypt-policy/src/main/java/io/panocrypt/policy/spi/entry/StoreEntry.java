package io.panocrypt.policy.spi.entry;

/**
 * An entry of an {@link EntryStore}.
 *
 * @param key where it is
 * @param value text, opaque to the engine
 * @param version changes with every write of this key; compared for equality only
 */
public record StoreEntry(String key, String value, String version) {
    /** Only key and version, because the value may hold what must not be logged. */
    @Override
    public String toString() {
        return "StoreEntry[key=" + key + ", version=" + version + "]";
    }
}
