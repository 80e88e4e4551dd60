package io.panocrypt.policy.model;

import java.util.Locale;

/** Why an attempt ended as it did; recorded in the history, never told to the caller. */
public enum Reason {
    UNKNOWN_KEY,
    REVOKED,
    LOCKDOWN,
    TEMPORARY_DENY,
    PENDING_CONFIRMATION,
    DISABLED,
    SOURCE_NOT_ALLOWED,
    NO_APPROVER,
    APPROVAL_PENDING,
    STORE_UNAVAILABLE,
    ALLOWED,
    ALLOWED_ONCE,
    APPROVED,
    RATE_LIMITED;

    /** The reason's name on the wire, such as {@code source-not-allowed}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
