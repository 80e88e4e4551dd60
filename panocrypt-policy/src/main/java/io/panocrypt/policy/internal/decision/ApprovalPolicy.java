package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.UserGroup;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may approve a device, and how many approvals it takes, by present tags, groups and members.
 *
 * <p>Approvers of covering groups with quorum 0 or 1 form one set. A group with a higher quorum must reach it with its own
 * distinct members. A group with quorum 0 does not need an approval by itself. If one group demands
 * signed votes, all votes on the device must be signed: another group must not weaken it. Immutable.
 */
public final class ApprovalPolicy {
    /** A device that needs no approval. */
    public static final ApprovalPolicy NONE = new ApprovalPolicy(false, false, List.of());

    /** A covering group: its user groups resolved, without members who may not decide. */
    private record Panel(Set<String> approvers, int quorum) {
        /** Whether the group needs an approval each time; one with quorum 0 only serves those who ask. */
        boolean asks() {
            return quorum > 0;
        }

        boolean isSatisfiedBy(Set<String> votes) {
            return approvers.stream().filter(votes::contains).count() >= quorum;
        }
    }

    private final boolean needed;
    private final boolean signed;
    private final List<Panel> panels;

    private ApprovalPolicy(boolean needed, boolean signed, List<Panel> panels) {
        this.needed = needed;
        this.signed = signed;
        this.panels = panels;
    }

    /**
     * The policy of a device.
     *
     * @param groups all approval groups
     * @param userGroups all user groups, by id
     * @param deciders the members whose role lets them decide
     */
    public static ApprovalPolicy of(
            Device device, Collection<ApprovalGroup> groups, Map<String, UserGroup> userGroups, Set<String> deciders) {
        List<ApprovalGroup> covering =
                groups.stream().filter(group -> group.covers(device.tags())).toList();
        List<Panel> panels = covering.stream()
                .map(group -> new Panel(effective(group, userGroups, deciders), group.quorum()))
                .toList();
        return new ApprovalPolicy(
                device.requireApproval() || panels.stream().anyMatch(Panel::asks),
                covering.stream().anyMatch(group -> group.proof() == ApprovalGroup.Proof.SIGNED),
                panels);
    }

    /** The members who may decide for a group; parameters as for {@link #of}. */
    public static Set<String> effective(ApprovalGroup group, Map<String, UserGroup> userGroups, Set<String> deciders) {
        Set<String> members = new HashSet<>();
        for (String approver : group.approvers()) {
            UserGroup userGroup = userGroups.get(approver);
            if (userGroup == null) {
                members.add(approver);
            } else {
                members.addAll(userGroup.members());
            }
        }
        members.retainAll(deciders);
        return members;
    }

    /** The same approvers, asked in any case. */
    public ApprovalPolicy required() {
        return new ApprovalPolicy(true, signed, panels);
    }

    /** Whether a human must approve before the device unlocks. */
    public boolean isNeeded() {
        return needed;
    }

    /** Whether only approvals that a passkey has signed count, and nothing else stands for them. */
    public boolean demandsProof() {
        return signed;
    }

    /** Whether an approval group covers the device. */
    public boolean isCovered() {
        return !panels.isEmpty();
    }

    /** The members who may decide about the device. */
    public Set<String> approvers() {
        return panels.stream().flatMap(panel -> panel.approvers().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the approvals of all approvers together would suffice. */
    public boolean isReachable() {
        return isSatisfiedBy(approvers());
    }

    /** Whether the approvals of these members suffice; those of others do not count. */
    public boolean isSatisfiedBy(Set<String> votes) {
        return panels.stream().flatMap(panel -> panel.approvers().stream()).anyMatch(votes::contains)
                && panels.stream().filter(panel -> panel.quorum() > 1).allMatch(panel -> panel.isSatisfiedBy(votes));
    }

    /** Whether the member could approve alone, and so may grant an allowance that skips approval. */
    public boolean isSatisfiedBy(String member) {
        return isSatisfiedBy(Set.of(member));
    }
}
