package io.panocrypt.policy.internal.outbox;

import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;

/** What does the work that an entry asks for. Thread-safe. */
public interface Handler {
    /**
     * What the work on an entry depends on, such as a host. Only a few entries of one target are worked on at once, so that
     * a target that hangs does not delay the others. Does not block and does not throw.
     */
    String target(OutboxEntry entry);

    /** Does it, and says what becomes of the entry; may block, is interrupted when it takes too long, and may throw. */
    Settlement handle(LeasedEntry leased);

    /**
     * What becomes of an entry whose work threw or took too long.
     *
     * @param cause one line for operators
     */
    Settlement failed(LeasedEntry leased, String cause);
}
