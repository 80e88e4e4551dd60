package io.panocrypt.policy.spi.store;

import java.util.Objects;

/**
 * The removal of a chain's oldest rows, and the record that replaces them.
 *
 * @param end the last row to be removed, with all before it; it must be stored with that hash, and a row must follow it
 * @param stands the record that replaces the removed rows; it must replace the version that it names
 * @param entry records the removal on this node's chain; its id is the cut's
 */
public record JournalCut(ChainHead end, PolicyEdit.Change.Put stands, JournalEntry entry) {
    public JournalCut {
        Objects.requireNonNull(end);
        Objects.requireNonNull(stands);
        Objects.requireNonNull(entry);
    }
}
