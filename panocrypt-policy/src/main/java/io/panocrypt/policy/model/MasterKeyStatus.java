package io.panocrypt.policy.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Under which master keys a site's keys are sealed, and which running nodes can use which. Fingerprints have 64 hexadecimal
 * digits in lower case, and are no secrets.
 *
 * @param fingerprint of the master key under which new keys are sealed
 * @param offered the fingerprint of the first master key of the answering node, under which it would re-wrap
 * @param previous fingerprints of the master keys that nodes still need beside it; empty unless a re-wrap runs
 * @param rewrapStarted when the last re-wrap began; empty if there was none
 * @param keys the number of stored keys
 * @param remaining the number of those that are sealed under a previous master key
 * @param unusable the stored objects, such as {@code device ID}, with keys that no master key of the answering node opens, or
 *     that it cannot read; at most 100
 * @param nodes the running nodes, by age
 */
public record MasterKeyStatus(
        String fingerprint,
        String offered,
        List<String> previous,
        Optional<Instant> rewrapStarted,
        long keys,
        long remaining,
        List<String> unusable,
        List<Node> nodes) {
    /** Copies the lists. */
    public MasterKeyStatus {
        previous = List.copyOf(previous);
        unusable = List.copyOf(unusable);
        nodes = List.copyOf(nodes);
    }

    /** Whether every key is sealed under the site's master key, so that no node needs another one. */
    public boolean settled() {
        return previous.isEmpty() && remaining == 0 && unusable.isEmpty();
    }

    /**
     * A running node.
     *
     * @param id of this run of the node
     * @param seen when it last announced itself
     * @param fingerprints of the master keys that it can use
     */
    public record Node(String id, Instant seen, Set<String> fingerprints) {
        /** Copies the set. */
        public Node {
            fingerprints = Set.copyOf(fingerprints);
        }
    }
}
