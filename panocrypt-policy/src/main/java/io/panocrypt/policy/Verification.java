package io.panocrypt.policy;

import java.util.Optional;

/**
 * What a check of the journal found.
 *
 * @param intact whether nothing is changed, missing or out of order, as far as chains and checkpoints prove
 * @param rows how many rows were read
 * @param brokenAt the first row that is not what it should be
 */
public record Verification(boolean intact, long rows, Optional<Break> brokenAt) {
    /**
     * A row that is not what it should be.
     *
     * @param chain the node's name
     * @param sequence the row's place
     * @param problem what is wrong
     */
    public record Break(String chain, long sequence, String problem) {}
}
