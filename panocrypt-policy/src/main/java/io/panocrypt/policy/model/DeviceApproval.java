package io.panocrypt.policy.model;

import java.util.List;

/**
 * Whether and by whom a device must be approved, according to the current groups and members.
 *
 * @param needed whether a human must approve each boot, for whatever reason
 * @param byItself whether the device's own setting requires it, apart from groups
 * @param groups those that cover the device and need an approval each time; not those with quorum 0
 * @param approvers the members who may decide, also if only a rule asks
 * @param quorum the largest quorum of its groups; 0 if there are none
 * @param reachable whether the votes of all approvers together would suffice; if not, and approval is needed, the
 *     device is refused
 */
public record DeviceApproval(
        boolean needed, boolean byItself, List<Named> groups, List<Named> approvers, int quorum, boolean reachable) {
    public DeviceApproval {
        groups = List.copyOf(groups);
        approvers = List.copyOf(approvers);
    }

    /** An object by its id and its name. */
    public record Named(String id, String name) {}

    /** Warnings for operators, one sentence each; empty if there are none. */
    public List<String> warnings() {
        return needed && !reachable
                ? List.of("nobody can approve it, and it never unlocks: add a group that covers it and has at least as"
                        + " many approvers as its quorum")
                : List.of();
    }
}
