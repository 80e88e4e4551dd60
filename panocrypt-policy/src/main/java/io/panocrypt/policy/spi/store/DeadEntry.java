package io.panocrypt.policy.spi.store;

import java.time.Instant;

/**
 * An outbox entry that failed for good.
 *
 * @param entry the work that was not done
 * @param attempts how often it was tried
 * @param cause one line for operators
 * @param created when the store accepted it, to the millisecond
 * @param died when it was given up, to the millisecond
 */
public record DeadEntry(OutboxEntry entry, int attempts, String cause, Instant created, Instant died) {}
