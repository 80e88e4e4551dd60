package io.panocrypt.policy.model;

/** The gates of a decision, in the order of evaluation; the first that fails gives the reason. */
public enum Gate implements WireNamed {
    KEY,
    LOCKDOWN,
    TEMPORARY_DENY,
    STATE,
    SOURCE,
    /** The embedder's rules. */
    RULE,
    APPROVAL
}
