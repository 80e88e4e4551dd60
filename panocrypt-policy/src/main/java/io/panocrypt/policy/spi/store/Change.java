package io.panocrypt.policy.spi.store;

/** A change to one record, or the condition that it has not changed. */
public sealed interface Change {
    /** Writes a record: the stored version must be one less, and a record of version 1 must not exist yet. */
    record Put(PolicyRecord record) implements Change {}

    /** Removes a record that must be stored with this version. */
    record Delete(String kind, String id, long version) implements Change {}

    /**
     * Requires that a record is stored with this version before the write, and changes nothing. Another change of the same
     * write may write the record.
     */
    record Require(String kind, String id, long version) implements Change {}
}
