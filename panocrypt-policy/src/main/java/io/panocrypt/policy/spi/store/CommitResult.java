package io.panocrypt.policy.spi.store;

/** The result of a commit. */
public enum CommitResult {
    /** All of it is durable; also if a commit with the same id was committed before. */
    COMMITTED,
    /** A precondition did not hold and nothing happened: read a new snapshot and decide again. */
    CONFLICT
}
