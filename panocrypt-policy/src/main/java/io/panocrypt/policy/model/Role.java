package io.panocrypt.policy.model;

/** What a member may do. */
public enum Role implements WireNamed {
    /** Reads. */
    VIEWER,
    /** Reads, decides where effective, may disable a device and start a lockdown. */
    APPROVER,
    /** Does everything, lifting included. */
    ADMIN
}
