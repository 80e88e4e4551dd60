package io.panocrypt.policy.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

    /** The gate with that wire name. */
    public static Optional<Gate> ofWireName(String name) {
        return Arrays.stream(values()).filter(gate -> gate.wireName().equals(name)).findFirst();
    }
}
