package io.panocrypt.policy;

import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who decides about which devices. Thread-safe; throws as {@link Devices} does. */
public final class ApprovalGroups {
    private static final int MOST_APPROVERS = 64;
    private static final int MOST_QUORUM = 16;

    private final Editor editor;
    private final PolicyCache policy;

    ApprovalGroups(Editor editor, PolicyCache policy) {
        this.editor = editor;
        this.policy = policy;
    }

    /**
     * What an operator wants of a group; null leaves a part as it is, or at its default in a new group.
     *
     * @param name 1 to 63 of {@code [a-z0-9.-]}; a new group must have one
     * @param requiredTags one at least; a new group must have them
     * @param approvers identifiers of members and user groups that exist, default none
     * @param quorum 1 to 16, default 1
     */
    public record Change(
            @Nullable String name,
            @Nullable Set<String> requiredTags,
            @Nullable Set<String> approvers,
            @Nullable Integer quorum) {}

    /** Makes a group: every device that it covers needs approval at once. */
    public ApprovalGroup create(Actor actor, Change wanted) {
        ApprovalGroup made =
                changed(new ApprovalGroup(editor.ids().next(), "", new TreeSet<>(), new TreeSet<>(), 1, 1), wanted);
        editor.apply(editor.draft(actor, "approval-group.create", Records.APPROVAL_GROUP, made.id(), null, made)
                .put(Records.of(made))
                .tell(editor.events().approversMayHaveChanged())
                .bumpEpoch());
        return made;
    }

    /** The group with that id. */
    public ApprovalGroup get(String id) {
        return editor.store()
                .get(Records.APPROVAL_GROUP, id)
                .map(found -> Records.read(found, ApprovalGroup.class))
                .orElseThrow(() -> OperationException.notFound("approval group"));
    }

    /** Groups by age, oldest first. */
    public Page<ApprovalGroup> list(@Nullable String cursor, int limit) {
        Pages.check(limit);
        return Pages.of(editor.store().scan(Records.APPROVAL_GROUP, null, cursor, limit), limit, ApprovalGroup.class);
    }

    /**
     * Changes a group.
     *
     * @param confirmed whether the operator knows that the change takes approval away from devices
     */
    public ApprovalGroup edit(Actor actor, String id, long version, Change change, boolean confirmed) {
        ApprovalGroup[] result = new ApprovalGroup[1];
        editor.retrying(() -> get(id), before -> {
            Editor.refuseStale("group", version, before.version());
            ApprovalGroup after = changed(
                    new ApprovalGroup(
                            id, before.name(), before.requiredTags(), before.approvers(), before.quorum(), version + 1),
                    change);
            result[0] = after;
            Editor.Draft draft = editor.draft(actor, "approval-group.edit", Records.APPROVAL_GROUP, id, before, after);
            return judged(draft, actor, before, Optional.of(after), confirmed)
                    .put(Records.of(after))
                    .tell(editor.events().approversMayHaveChanged())
                    .bumpEpoch();
        });
        return result[0];
    }

    /** Removes a group; parameters as of {@link #edit}. */
    public void delete(Actor actor, String id, boolean confirmed) {
        editor.retrying(() -> get(id), before -> {
            Editor.Draft draft = editor.draft(actor, "approval-group.delete", Records.APPROVAL_GROUP, id, before, null);
            return judged(draft, actor, before, Optional.empty(), confirmed)
                    .delete(Records.of(before))
                    .bumpEpoch();
        });
    }

    /**
     * Refuses a change, unless confirmed, after which a device that needed approval needs none; tells its former approvers.
     *
     * <p>The epoch that it is judged by holds the other groups, and the devices that groups cover: {@link Devices} bumps
     * it when one of these comes or changes.
     */
    private Editor.Draft judged(
            Editor.Draft draft, Actor actor, ApprovalGroup before, Optional<ApprovalGroup> after, boolean confirmed) {
        PolicyCache.Shared shared = policy.current();
        List<Device> losing = losing(shared, before, after);
        if (losing.size() > 0 && !confirmed) {
            throw OperationException.takesApprovalAway(losing.size());
        }
        Set<String> approvers = losing.stream()
                .flatMap(device -> shared.approval(device).approvers().stream())
                .collect(Collectors.toSet());
        return draft.judgedBy(shared).tell(editor.events().approvalRemoved(losing, approvers, actor, editor.now()));
    }

    private List<Device> losing(PolicyCache.Shared shared, ApprovalGroup before, Optional<ApprovalGroup> after) {
        List<ApprovalGroup> others = shared.approvalGroups().stream()
                .filter(group -> !group.id().equals(before.id()))
                .toList();
        String tag = Records.tagTerm(before.requiredTags().first());
        return PolicyCache.scanAll(editor.store(), Records.DEVICE, tag).stream()
                .flatMap(found -> Records.readIfReadable(found, Device.class).stream())
                .filter(device -> device.state() != DeviceState.REVOKED && !device.requireApproval())
                .filter(device -> before.covers(device.tags()))
                .filter(device ->
                        after.filter(group -> group.covers(device.tags())).isEmpty())
                .filter(device -> others.stream().noneMatch(group -> group.covers(device.tags())))
                .toList();
    }

    private ApprovalGroup changed(ApprovalGroup before, Change change) {
        ApprovalGroup after = new ApprovalGroup(
                before.id(),
                Objects.requireNonNullElse(change.name(), before.name()),
                change.requiredTags() == null
                        ? before.requiredTags()
                        : DeviceRules.normalisedTags(change.requiredTags()),
                change.approvers() == null ? before.approvers() : new TreeSet<>(change.approvers()),
                Objects.requireNonNullElse(change.quorum(), before.quorum()),
                before.version());
        List<String> problems = new ArrayList<>();
        DeviceRules.checkName(before.name(), after.name(), problems);
        DeviceRules.checkTags(after.requiredTags(), problems);
        if (after.requiredTags().isEmpty()) {
            problems.add("one required tag at least");
        }
        if (after.approvers().size() > MOST_APPROVERS) {
            problems.add("at most " + MOST_APPROVERS + " approvers");
        }
        if (after.quorum() < 1 || after.quorum() > MOST_QUORUM) {
            problems.add("quorum must be 1 to " + MOST_QUORUM);
        }
        DeviceRules.refuse(problems);
        for (String approver : after.approvers()) {
            // An approver that was there before may have left since, and must not keep the group from being edited.
            if (!before.approvers().contains(approver)
                    && editor.store().get(Records.MEMBER, approver).isEmpty()
                    && editor.store().get(Records.USER_GROUP, approver).isEmpty()) {
                problems.add("no member or user group has the id " + approver);
            }
        }
        DeviceRules.refuse(problems);
        return after;
    }
}
