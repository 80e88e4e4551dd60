package io.panocrypt.policy.model;

import java.util.List;

/**
 * Whether and by whom a device must be approved, as groups and members are now.
 *
 * @param needed whether a human must approve each boot, whatever asks for that
 * @param byItself whether the device asks for it, beside what groups do
 * @param groups those that cover the device
 * @param approvers the members who may decide
 * @param quorum the largest quorum of its groups; 0 where no group covers it
 * @param reachable whether the votes of all approvers together would suffice; where they would not, and approval is needed,
 *     the device refuses
 */
public record DeviceApproval(
        boolean needed, boolean byItself, List<Named> groups, List<Named> approvers, int quorum, boolean reachable) {
    public DeviceApproval {
        groups = List.copyOf(groups);
        approvers = List.copyOf(approvers);
    }

    /** An object by its id and its name. */
    public record Named(String id, String name) {}

    /** What deserves a second look. */
    public List<String> warnings() {
        return needed && !reachable
                ? List.of("nobody can approve it, so that it never unlocks: a group must cover it that has as many"
                        + " approvers as its quorum")
                : List.of();
    }
}
