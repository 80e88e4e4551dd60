package io.panocrypt.policy.spi.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the versioned records that operators edit.
 *
 * <p>One object usually implements this and {@link DecisionStore}: both speak of the same records, grants and journal.
 * Implementations are thread-safe. Every method may throw {@link StoreException}, which for {@link #apply} means that the
 * outcome is unknown. {@code PolicyStoreContract} in the testkit holds the rules.
 */
public interface PolicyStore {
    /** The policy epoch: a number that every edit which {@linkplain PolicyEdit#bumpsEpoch bumps} it makes greater. */
    long epoch();

    /** The record with that id. */
    Optional<PolicyRecord> get(String kind, String id);

    /** The record that holds that unique term. */
    Optional<PolicyRecord> find(String kind, String uniqueTerm);

    /**
     * A page of the kind's records, by ascending id.
     *
     * @param term only records that hold this term; null for all
     * @param after only ids greater than this one; null from the first
     * @param limit at most so many, 1 to 1,000
     */
    List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit);

    /**
     * Applies an edit, all or nothing, and durably. Once this has returned {@link EditResult.Applied}, no decision
     * commits that was made before the edit and reads what it changed.
     */
    EditResult apply(PolicyEdit edit);
}
