package io.panocrypt.policy.model;

import io.panocrypt.policy.net.Cidr;
import java.util.List;

/**
 * A named, shared set of address blocks; an edit takes effect at once on every device that refers to it.
 *
 * @param id never changes
 * @param name unique
 * @param cidrs the blocks
 * @param acknowledgeOpen whether an operator confirmed a block as wide as the Internet
 * @param version counts edits from 1
 */
public record NetworkAccessList(String id, String name, List<Cidr> cidrs, boolean acknowledgeOpen, long version) {
    public NetworkAccessList {
        cidrs = List.copyOf(cidrs);
    }
}
