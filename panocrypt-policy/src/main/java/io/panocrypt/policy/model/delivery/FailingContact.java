package io.panocrypt.policy.model.delivery;

import java.time.Instant;

/**
 * A contact whose last delivery on this node failed and will be retried.
 *
 * @param contact where it goes; a secret one only as its host and a digest
 * @param cause the channel's report, one line
 * @param since the first failure since the last success on this node, or since its start, by its clock
 */
public record FailingContact(String contact, String cause, Instant since) {}
