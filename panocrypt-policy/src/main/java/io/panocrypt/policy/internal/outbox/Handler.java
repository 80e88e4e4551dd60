package io.panocrypt.policy.internal.outbox;

import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;

/** Does the work for an outbox entry. Thread-safe. */
public interface Handler {
    /**
     * What the work on an entry depends on, such as a host. Only a few entries of one target are handled at once, so that a
     * hanging target does not delay others. Neither blocks nor throws.
     */
    String target(OutboxEntry entry);

    /** Does the work, and returns how to settle the entry. May block and throw; is interrupted after the time limit. */
    Settlement handle(LeasedEntry leased);

    /**
     * How to settle an entry whose work threw or exceeded its time.
     *
     * @param cause one line for operators
     */
    Settlement failed(LeasedEntry leased, String cause);
}
