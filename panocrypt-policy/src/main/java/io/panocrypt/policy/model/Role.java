package io.panocrypt.policy.model;

/** What a member may do; each role includes those before it. */
public enum Role implements WireNamed {
    /** Only reads. */
    VIEWER,
    /** Reads, decides requests of devices that it is an approver of, may disable a device and start a lockdown. */
    APPROVER,
    /** May do everything, such as ending a lockdown. */
    ADMIN
}
