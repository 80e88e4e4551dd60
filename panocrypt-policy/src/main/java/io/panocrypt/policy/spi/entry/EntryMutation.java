package io.panocrypt.policy.spi.entry;

/** What a write does to one key. */
public sealed interface EntryMutation {
    /** The key that it is about. */
    String key();

    /** Creates or replaces the entry. */
    record Put(String key, String value) implements EntryMutation {
        /** Only the key, because the value may hold what must not be logged. */
        @Override
        public String toString() {
            return "Put[key=" + key + "]";
        }
    }

    /** Removes the entry; nothing if there is none. */
    record Remove(String key) implements EntryMutation {}
}
