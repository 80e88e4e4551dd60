package io.panocrypt.policy.spi.store;

/**
 * A journal entry at its position in a node's hash chain.
 *
 * @param chain the node's name
 * @param sequence counts from 1 without a gap
 * @param entry the event
 * @param hash links the entry to everything before it on the chain; 64 lower-case hexadecimal digits
 */
public record JournalRow(String chain, long sequence, JournalEntry entry, String hash) {}
