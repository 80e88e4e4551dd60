package io.panocrypt.policy.spi.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores the versioned records that operators edit.
 *
 * <p>One object usually implements this and {@link DecisionStore}: both work on the same records, grants and journal.
 * Implementations are thread-safe. Every method may throw {@link StoreException}, which for {@link #apply} means that
 * the outcome is unknown. {@code PolicyStoreContract} in the testkit checks the rules.
 */
public interface PolicyStore {
    /** The policy epoch: a number that grows with every edit that {@linkplain PolicyEdit#bumpsEpoch bumps} it. */
    long epoch();

    /** The record with that id; empty if there is none. */
    Optional<PolicyRecord> get(String kind, String id);

    /** The record that holds that unique term; empty if there is none. */
    Optional<PolicyRecord> find(String kind, String uniqueTerm);

    /**
     * A page of the kind's records, by ascending id.
     *
     * @param term only records that hold this term; null for all
     * @param after only ids greater than this one; null from the first
     * @param limit maximum number of records, 1 to 1,000
     */
    List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit);

    /**
     * Applies an edit, all or nothing, and durably. After this has returned {@link EditResult.Applied}, a decision that
     * was made before the edit and that reads what it changed can no longer commit.
     */
    EditResult apply(PolicyEdit edit);
}
