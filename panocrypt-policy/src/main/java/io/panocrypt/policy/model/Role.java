package io.panocrypt.policy.model;

/** What a member may do; each role of people includes those of people before it. */
public enum Role implements WireNamed {
    /** A service account: does what its {@link Scope scopes} name, and reads and decides nothing else. */
    SERVICE,
    /** Only reads. */
    VIEWER,
    /** Reads, decides requests of devices that it is an approver of, may disable a device and start a lockdown. */
    APPROVER,
    /** May do everything, such as ending a lockdown. */
    ADMIN;

    /** Whether a member with this role may be an approver of devices. */
    public boolean decides() {
        return compareTo(APPROVER) >= 0;
    }
}
