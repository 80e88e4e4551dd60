package io.panocrypt.policy.spi;

/**
 * A notice to be sent because a decision was committed.
 *
 * @param id unique
 * @param topic what it is about
 * @param body JSON text, opaque to the store
 */
public record OutboxEntry(String id, String topic, String body) {}
