package io.panocrypt.policy.model;

/** What one gate said. */
public enum GateResult implements WireNamed {
    PASS,
    FAIL,
    /** It would have failed, and an allowance switched it off. */
    SKIPPED,
    /** An earlier gate failed. */
    NOT_REACHED
}
