package io.panocrypt.policy.spi.store;

/** What became of an edit. */
public sealed interface EditResult {
    /** All of it is durable; so too when an edit with the same id had been applied before. */
    record Applied() implements EditResult {}

    /** A record did not have the version that the edit named; nothing happened. */
    record Stale(String kind, String id) implements EditResult {}

    /** The policy epoch was not the one that the edit named; nothing happened: judge again. */
    record OtherEpoch() implements EditResult {}

    /** Another record of the kind holds that unique term; nothing happened. */
    record Taken(String kind, String term) implements EditResult {
        /** The kind only: the term may be an unlock token. */
        @Override
        public String toString() {
            return "Taken[kind=" + kind + "]";
        }
    }
}
