package io.panocrypt.policy.spi.store;

/** The result of an edit. */
public sealed interface EditResult {
    /** All of it is durable; also if an edit with the same id was applied before. */
    record Applied() implements EditResult {}

    /** A record did not have the version that the edit named; nothing happened. */
    record Stale(String kind, String id) implements EditResult {}

    /** The policy epoch was not the one that the edit named; nothing happened: read and validate again. */
    record OtherEpoch() implements EditResult {}

    /** Another record of the kind holds that unique term; nothing happened. */
    record Taken(String kind, String term) implements EditResult {
        /** Shows only the kind, because the term may be an unlock token. */
        @Override
        public String toString() {
            return "Taken[kind=" + kind + "]";
        }
    }
}
