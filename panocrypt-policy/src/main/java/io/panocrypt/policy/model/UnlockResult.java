package io.panocrypt.policy.model;

import io.panocrypt.crypto.ec.EcPoint;

/** What became of a request to recover; only {@link Answered} carries a point. */
public sealed interface UnlockResult {
    /** Policy allows: the product of the point that was sent and the device's exchange key. */
    record Answered(EcPoint point) implements UnlockResult {}

    /** No such token, no such key, or the device is revoked: the caller cannot tell which. */
    record NotFound() implements UnlockResult {}

    /** The key is there and does not recover. */
    record NotAnExchangeKey() implements UnlockResult {}

    /** The point does not lie on the key's curve. */
    record InvalidPoint() implements UnlockResult {}

    /** Policy refuses; the reason is not for the caller. */
    record Refused(Reason reason) implements UnlockResult {}

    /** A human must decide first. */
    record Pending() implements UnlockResult {}

    /** The device was asked for too often from that source: the attempt was not even decided, and spends nothing. */
    record Limited() implements UnlockResult {}

    /** The store or the custody cannot be reached; after a commit the use may be gone. */
    record Unavailable() implements UnlockResult {}
}
