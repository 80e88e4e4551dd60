package io.panocrypt.benchmarks.load;

import java.util.List;
import java.util.Optional;

/**
 * The processors of the servers and of the clients, by Linux's numbers. All servers share the same ones.
 *
 * @param servers at least one
 * @param clients exactly one, since one thread simulates all clients
 */
record Places(List<Integer> servers, List<Integer> clients) {
    /** The last processor for the clients, the others for the servers; empty if there are fewer than two. */
    static Optional<Places> of(List<Integer> allowed) {
        int last = allowed.size() - 1;
        return last < 1
                ? Optional.empty()
                : Optional.of(new Places(allowed.subList(0, last), allowed.subList(last, last + 1)));
    }
}
