package io.panocrypt.policy.spi.store;

import java.time.Instant;

/**
 * An outbox entry that one node has leased: no other node gets it before the lease ends.
 *
 * @param entry the work to do
 * @param attempts how many leases counted as attempts, this one included; leases that were put off do not count
 * @param created when the store accepted it, to the millisecond
 */
public record LeasedEntry(OutboxEntry entry, int attempts, Instant created) {}
