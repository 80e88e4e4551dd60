package io.panocrypt.policy.model;

/** The gates that an allowance may switch off; nothing can skip any other gate. */
public enum AllowanceSkip implements WireNamed {
    /** The {@link Gate#STATE} gate of a disabled device; never that of a device that waits for its confirmation. */
    DISABLED(Gate.STATE),
    /** The {@link Gate#SOURCE} gate. */
    SOURCE(Gate.SOURCE),
    /** The {@link Gate#TEMPORARY_DENY} gate. */
    TEMPORARY_DENY(Gate.TEMPORARY_DENY),
    /** The {@link Gate#RULE} gate, and with it an approval that only a rule asks for. */
    RULE(Gate.RULE),
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
