package io.panocrypt.policy.model.history;

import java.util.List;
import java.util.Optional;

/**
 * What a check of the journal found.
 *
 * @param intact whether nothing is changed, missing or out of order, as far as chains and checkpoints prove
 * @param rows how many rows were read
 * @param brokenAt the first row that is not what it should be
 * @param chains how far the signatures reach, where the journal is intact; by ascending name
 */
public record Verification(boolean intact, long rows, Optional<Break> brokenAt, List<Chain> chains) {
    public Verification {
        chains = List.copyOf(chains);
    }

    /**
     * A row that is not what it should be.
     *
     * @param chain the node's name
     * @param sequence the row's place
     * @param problem what is wrong
     */
    public record Break(String chain, long sequence, String problem) {}

    /**
     * One node's chain.
     *
     * @param chain the node's name
     * @param cut the last row that retention has removed, under the site's signature; 0 for none
     * @param signed the last row that a signature vouches for; those behind it are only linked to it, and could be
     *     missing or made up
     * @param last the last row
     */
    public record Chain(String chain, long cut, long signed, long last) {}
}
