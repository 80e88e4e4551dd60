package io.panocrypt.policy.spi.entry;

/** What must hold of one key for a write to happen. */
public sealed interface EntryCondition {
    /** The key that it is about. */
    String key();

    /** The key exists with this version. */
    record HasVersion(String key, String version) implements EntryCondition {}

    /** The key does not exist. */
    record Absent(String key) implements EntryCondition {}
}
