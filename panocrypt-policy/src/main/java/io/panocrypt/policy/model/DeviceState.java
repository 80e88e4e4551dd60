package io.panocrypt.policy.model;

/** The life of a device. */
public enum DeviceState implements WireNamed {
    /** Enrolled, waits for an operator's confirmation. */
    PENDING,
    /** Unlocks when the other gates pass. */
    ACTIVE,
    /** Refused until enabled again. */
    DISABLED,
    /** Terminal: its private keys are destroyed. */
    REVOKED
}
