package io.panocrypt.policy.model;

/** Why an attempt ended as it did; recorded in the history, never revealed to the machine. */
public enum Reason implements WireNamed {
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
    RATE_LIMITED
}
