package io.panocrypt.policy.spi.store;

/** The result of a write. After any other than {@link Written} nothing has happened: read and decide again. */
public sealed interface WriteResult {
    /** All of it is durable; also if one of its journal entries had been written before. */
    record Written() implements WriteResult {}

    /** The policy epoch was not the one that the write names. */
    record OtherEpoch() implements WriteResult {}

    /** A record did not have the version that the write names. */
    record Stale(String kind, String id) implements WriteResult {}

    /** Another record of the kind holds that unique term. */
    record Taken(String kind, String term) implements WriteResult {
        /** Shows only the kind, because the term may be an unlock token. */
        @Override
        public String toString() {
            return "Taken[kind=" + kind + "]";
        }
    }

    /** The chain has no row with the truncation's sequence and hash, or no row follows it. */
    record NotTruncatable() implements WriteResult {}

    /** A grant is spent, cancelled, over, not yet valid, or not there. */
    record NotSpendable() implements WriteResult {}

    /** Whether it is {@link Written}. */
    default boolean isWritten() {
        return this instanceof Written;
    }
}
