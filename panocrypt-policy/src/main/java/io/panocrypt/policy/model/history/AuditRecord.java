package io.panocrypt.policy.model.history;

import java.time.Instant;

/**
 * One line of the audit: what an operator changed.
 *
 * @param time when, by this node's clock
 * @param actor the member
 * @param action such as {@code device.disable}
 * @param kind what was changed, such as {@code device}
 * @param objectId which one
 * @param before JSON text of it before, {@code null} for a new one; no key material and no token
 * @param after JSON text of it after, {@code null} for a removed one
 * @param node the node that recorded it; the name of its chain
 * @param hash of the journal row
 */
public record AuditRecord(
        Instant time,
        String actor,
        String action,
        String kind,
        String objectId,
        String before,
        String after,
        String node,
        String hash) {}
