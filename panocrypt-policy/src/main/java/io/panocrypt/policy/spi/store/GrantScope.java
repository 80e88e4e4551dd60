package io.panocrypt.policy.spi.store;

import java.util.Set;

/** The grants that a write cancels: those that exist before it, not those that it opens. */
public sealed interface GrantScope {
    /** One grant of one device. */
    record Single(String deviceId, String grantId) implements GrantScope {}

    /** Every grant of one device. */
    record OfDevice(String deviceId) implements GrantScope {}

    /** Every grant of every device whose record holds all the given terms; without terms, every grant. */
    record OfTerms(Set<String> terms) implements GrantScope {
        public OfTerms {
            terms = Set.copyOf(terms);
        }
    }
}
