package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.EcPoint;

/** The result of a recovery request; only {@link Answered} carries a point. */
public sealed interface UnlockResult {
    /** Policy allows: the product of the request's point and the device's exchange key. */
    record Answered(EcPoint point) implements UnlockResult {}

    /** The token or the key is unknown, or the device is revoked: the caller cannot distinguish these. */
    record NotFound() implements UnlockResult {}

    /** The key exists but is no exchange key. */
    record NotAnExchangeKey() implements UnlockResult {}

    /** The point is not on the key's curve. */
    record InvalidPoint() implements UnlockResult {}

    /** Policy refuses; the caller must not learn the reason. */
    record Refused(Reason reason) implements UnlockResult {}

    /** A human must decide first. */
    record Pending() implements UnlockResult {}

    /** Too many attempts for the device from that source: the attempt was not decided and spends nothing. */
    record Limited() implements UnlockResult {}

    /** The store or the custody is unavailable; a fault after the commit may have cost a use. */
    record Unavailable() implements UnlockResult {}
}
