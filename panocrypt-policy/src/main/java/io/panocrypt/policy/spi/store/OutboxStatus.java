package io.panocrypt.policy.spi.store;

import java.time.Instant;
import java.util.Optional;

/**
 * The backlog of the outbox.
 *
 * @param now the store's time, to the millisecond
 * @param waiting how many entries are neither done nor dead
 * @param oldest when the oldest of these was accepted
 * @param dead how many are dead letters
 */
public record OutboxStatus(Instant now, long waiting, Optional<Instant> oldest, long dead) {}
