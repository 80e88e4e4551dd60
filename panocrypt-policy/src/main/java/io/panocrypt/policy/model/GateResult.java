package io.panocrypt.policy.model;

/** The result of one gate. */
public enum GateResult implements WireNamed {
    PASS,
    FAIL,
    /** It would have failed, but an allowance switched it off. */
    SKIPPED,
    /** An earlier gate failed. */
    NOT_REACHED
}
