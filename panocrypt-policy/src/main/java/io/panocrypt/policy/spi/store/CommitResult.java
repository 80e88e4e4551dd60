package io.panocrypt.policy.spi.store;

/** What became of a commit. */
public enum CommitResult {
    /** All of it is durable; so too when a commit with the same id had been committed before. */
    COMMITTED,
    /** A precondition did not hold, nothing happened: read a new snapshot and decide again. */
    CONFLICT
}
