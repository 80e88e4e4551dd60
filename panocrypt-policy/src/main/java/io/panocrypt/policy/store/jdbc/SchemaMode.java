package io.panocrypt.policy.store.jdbc;

/** What a store does about its tables when it is opened. */
public enum SchemaMode {
    /** Creates what is missing and migrates what is older. */
    CREATE,
    /** Changes nothing, and refuses a database whose schema has another version. */
    VALIDATE,
    /** Neither looks nor changes: somebody else answers for the schema. */
    NONE
}
