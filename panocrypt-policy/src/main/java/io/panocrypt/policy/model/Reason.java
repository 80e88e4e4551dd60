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
    /** A rule of the embedder refused; shown with the rule's name, as {@code rule:NAME}. */
    RULE,
    /** A rule of the embedder gave no answer. */
    RULE_FAILED,
    NO_APPROVER,
    APPROVAL_PENDING,
    STORE_UNAVAILABLE,
    ALLOWED,
    ALLOWED_ONCE,
    APPROVED,
    RATE_LIMITED
}
