package io.panocrypt.policy.model;

import java.time.Instant;

/**
 * A contact that its channel said exists no more: nothing is sent there until somebody opens it again.
 *
 * @param id names it
 * @param contact the contact's URI
 * @param cause what the channel said, one line
 * @param since when
 */
public record ClosedContact(String id, String contact, String cause, Instant since) {}
