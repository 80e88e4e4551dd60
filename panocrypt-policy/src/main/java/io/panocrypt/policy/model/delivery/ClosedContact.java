package io.panocrypt.policy.model.delivery;

import java.time.Instant;

/**
 * A contact that no longer exists, as its channel reported: nothing is sent there until an operator opens it again.
 *
 * @param id identifies it
 * @param contact the contact's URI
 * @param cause the channel's report, one line
 * @param since when it was closed
 */
public record ClosedContact(String id, String contact, String cause, Instant since) {}
