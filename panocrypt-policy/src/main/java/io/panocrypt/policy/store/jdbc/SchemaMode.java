package io.panocrypt.policy.store.jdbc;

/** What a store does with its tables when it opens. */
public enum SchemaMode {
    /** Creates missing tables and migrates older ones. */
    CREATE,
    /** Changes nothing, and refuses a database whose schema has another version. */
    VALIDATE,
    /** Checks and changes nothing: the operator is responsible for the schema. */
    NONE
}
