package io.panocrypt.policy.model;

/** The states of a device; only {@link #REVOKED} is final. */
public enum DeviceState implements WireNamed {
    /** Enrolled; waits for an operator's confirmation. */
    PENDING,
    /** Unlocks if the other gates pass. */
    ACTIVE,
    /** Refused until an operator enables it again. */
    DISABLED,
    /** Final: its private keys are destroyed. */
    REVOKED
}
