package io.panocrypt.policy.model;

/** How an attempt ended. */
public enum Outcome implements WireNamed {
    ALLOWED,
    DENIED,
    /** A human must decide first. */
    PENDING
}
