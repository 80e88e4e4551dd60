package io.panocrypt.policy.model;

/** The events of which people and webhooks are notified. */
public enum EventType implements WireNamed {
    /** A device waits for approval; to its effective approvers. */
    REQUEST_OPENED("request.opened"),
    /**
     * A device opened so many requests within the hour that further ones are not notified; to its effective approvers.
     */
    REQUEST_MANY("request.many"),
    /** A request is approved; to the other effective approvers. */
    REQUEST_APPROVED("request.approved"),
    /** A request is denied, or its approval withdrawn; to the other effective approvers. */
    REQUEST_DENIED("request.denied"),
    /** An edit, such as a disable or a lockdown, ended a request; to its effective approvers. */
    REQUEST_WITHDRAWN("request.withdrawn"),
    /** The last use of an approval was collected; to the approvers who gave it. */
    REQUEST_COLLECTED("request.collected"),
    /** An edit removed approval from devices; to their former approvers. */
    APPROVAL_REMOVED("approval.removed"),
    /** A device needs approval and nobody can give it; to administrators. */
    DEVICE_NO_APPROVER("device.no-approver"),
    /** An attempt was made for a disabled device: its disk may be stolen; to administrators. */
    DEVICE_REFUSED_DISABLED("device.refused-disabled"),
    /** An attempt was made for a revoked device: its disk may be stolen; to administrators. */
    DEVICE_REFUSED_REVOKED("device.refused-revoked"),
    /** A device was unlocked from a source for the first time; to administrators. */
    DEVICE_FIRST_SOURCE("device.first-source"),
    /** An allowance or an approval lost a use; to administrators. */
    GRANT_SPENT("grant.spent"),
    /** A notice could not be delivered; to administrators. */
    OUTBOX_DEAD_LETTER("outbox.dead-letter"),
    /** A forwarding header came from a peer that is no trusted proxy; to administrators. */
    HEALTH_FORWARDING_HEADER("health.forwarding-header"),
    /** No event: an operator tests a contact. */
    NOTICE_TEST("notice.test");

    private final String wireName;

    EventType(String wireName) {
        this.wireName = wireName;
    }

    /** The name in notices and webhooks; it never changes. */
    @Override
    public String wireName() {
        return wireName;
    }
}
