package io.panocrypt.policy.model.history;

import java.time.Instant;

/**
 * One entry of the audit: what an operator changed.
 *
 * @param time when, by this node's clock
 * @param actor the member
 * @param action such as {@code device.disable}
 * @param kind the kind of the changed object, such as {@code device}
 * @param objectId the changed object
 * @param before its JSON text before the change, the text {@code "null"} for a new one; no key material and no token
 * @param after its JSON text after the change, the text {@code "null"} for a removed one
 * @param node the node that recorded it; the name of its chain
 * @param hash of the journal entry
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
