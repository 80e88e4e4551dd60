package io.panocrypt.policy.spi.store;

import java.time.Instant;

/**
 * An entry of the outbox that one node has for itself for a while.
 *
 * @param entry what is to be done
 * @param attempts how often it has been leased, this time included, and that was not put off
 * @param created when the store took it in, to the millisecond
 */
public record LeasedEntry(OutboxEntry entry, int attempts, Instant created) {}
