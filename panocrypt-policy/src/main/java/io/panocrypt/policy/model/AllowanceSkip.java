package io.panocrypt.policy.model;

/** What an allowance may switch off; no other gate can be skipped by anything. */
public enum AllowanceSkip implements WireNamed {
    /** The {@link Gate#STATE} gate of a disabled device; never that of one that waits for its confirmation. */
    DISABLED(Gate.STATE),
    /** The {@link Gate#SOURCE} gate. */
    SOURCE(Gate.SOURCE),
    /** The {@link Gate#TEMPORARY_DENY} gate. */
    TEMPORARY_DENY(Gate.TEMPORARY_DENY),
    /** The {@link Gate#APPROVAL} gate. */
    APPROVAL(Gate.APPROVAL);

    private final Gate gate;

    AllowanceSkip(Gate gate) {
        this.gate = gate;
    }

    /** The gate that it switches off. */
    public Gate gate() {
        return gate;
    }
}
