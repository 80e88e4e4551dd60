package io.panocrypt.policy.spi.store;

import java.time.Instant;

/**
 * An entry of the outbox that failed for good.
 *
 * @param entry what was to be done
 * @param attempts how often it was tried
 * @param cause one line for operators
 * @param created when the store took it in, to the millisecond
 * @param died when it was given up, to the millisecond
 */
public record DeadEntry(OutboxEntry entry, int attempts, String cause, Instant created, Instant died) {}
