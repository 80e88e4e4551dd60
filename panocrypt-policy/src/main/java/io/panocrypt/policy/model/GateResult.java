package io.panocrypt.policy.model;

import java.util.Locale;

/** What one gate said. */
public enum GateResult {
    PASS,
    FAIL,
    /** It would have failed, and an allowance switched it off. */
    SKIPPED,
    /** An earlier gate failed. */
    NOT_REACHED;

    /** The result's name on the wire, such as {@code not-reached}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
