package io.panocrypt.policy.model;

import java.util.Locale;

/** The gates of a decision, in the order in which they are asked; the first that fails gives the reason. */
public enum Gate {
    KEY,
    LOCKDOWN,
    TEMPORARY_DENY,
    STATE,
    SOURCE,
    APPROVAL;

    /** The gate's name on the wire, such as {@code temporary-deny}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
