package io.panocrypt.policy.model;

import java.time.Instant;

/**
 * A contact whose last delivery on this node failed and is tried again.
 *
 * @param contact where it goes; of a secret one only its host and a digest
 * @param cause what the channel said, one line
 * @param since when that was, by this node's clock
 */
public record FailingContact(String contact, String cause, Instant since) {}
