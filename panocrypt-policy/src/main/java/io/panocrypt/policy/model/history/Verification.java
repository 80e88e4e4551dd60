package io.panocrypt.policy.model.history;

import java.util.List;
import java.util.Optional;

/**
 * The result of verifying the journal.
 *
 * @param intact whether nothing is changed, missing or out of order, as far as chains and checkpoints prove, and every signed
 *     vote is signed by a passkey that its member had then
 * @param rows how many entries were read
 * @param brokenAt the first entry that is wrong
 * @param chains how far the signatures reach, by ascending name; valid only if the journal is intact
 */
public record Verification(boolean intact, long rows, Optional<Break> brokenAt, List<Chain> chains) {
    public Verification {
        chains = List.copyOf(chains);
    }

    /**
     * An entry that is wrong.
     *
     * @param chain the node's name
     * @param sequence the entry's number in its chain
     * @param problem what is wrong
     */
    public record Break(String chain, long sequence, String problem) {}

    /**
     * One node's chain.
     *
     * @param chain the node's name
     * @param cut the last entry that retention removed, signed by this service; 0 for none
     * @param signed the last entry that a signature covers; later ones are only linked to it, and could be missing or
     *     forged
     * @param last the last entry
     */
    public record Chain(String chain, long cut, long signed, long last) {}
}
