package io.panocrypt.policy.model;

import java.util.Locale;

/** How an attempt ended. */
public enum Outcome {
    ALLOWED,
    DENIED,
    /** A human must decide first. */
    PENDING;

    /** The outcome's name on the wire, such as {@code allowed}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
