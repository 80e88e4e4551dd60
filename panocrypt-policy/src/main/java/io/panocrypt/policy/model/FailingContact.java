package io.panocrypt.policy.model;

import java.time.Instant;

/**
 * A contact whose last delivery on this node failed and will be retried.
 *
 * @param contact where it goes; a secret one only as its host and a digest
 * @param cause the channel's report, one line
 * @param since when it failed, by this node's clock
 */
public record FailingContact(String contact, String cause, Instant since) {}
