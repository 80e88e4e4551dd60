package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.ServiceAccountRules;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalGroup.Proof;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.spi.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Manages who approves which devices. Thread-safe; throws as {@link Devices} does. */
public final class ApprovalGroups {
    private static final int MAX_APPROVERS = 64;
    private static final int MAX_QUORUM = 16;

    private final Store store;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final PolicyCache policy;
    private final ApprovalGuard guard;
    private final Passkeys passkeys;

    ApprovalGroups(
            Store store,
            IdGenerator ids,
            PolicyEditor editor,
            PolicyCache policy,
            ApprovalGuard guard,
            Passkeys passkeys) {
        this.store = store;
        this.ids = ids;
        this.editor = editor;
        this.policy = policy;
        this.guard = guard;
        this.passkeys = passkeys;
    }

    /**
     * The values that an operator sets; null leaves a value unchanged, or at its default in a new group.
     *
     * @param name 1 to 63 of {@code [a-z0-9.-]}; required in a new group
     * @param requiredTags at least one, at most 64; required in a new group
     * @param approvers identifiers of existing members and user groups, at most 64; default none
     * @param quorum 0 to 16; default 1. With 0 the group's approvers are asked only if something else asks: the device's
     *     {@code requireApproval}, a rule, or another group
     * @param proof what a vote needs; default none. {@code SIGNED} needs {@link Panocrypt.Builder#relyingParty passkeys}
     */
    public record Change(
            @Nullable String name,
            @Nullable Set<String> requiredTags,
            @Nullable Set<String> approvers,
            @Nullable Integer quorum,
            @Nullable Proof proof) {
        /** The values without the proof, which stays unchanged. */
        public Change(
                @Nullable String name,
                @Nullable Set<String> requiredTags,
                @Nullable Set<String> approvers,
                @Nullable Integer quorum) {
            this(name, requiredTags, approvers, quorum, null);
        }
    }

    /** Creates a group as {@link #create(Actor, Change, boolean)} does, unconfirmed. */
    public ApprovalGroup create(Actor actor, Change wanted) {
        return create(actor, wanted, false);
    }

    /**
     * Creates a group; every device that it covers needs approval at once, unless its quorum is 0.
     *
     * @param confirmed whether the operator accepts that nobody can approve some of these devices
     */
    public ApprovalGroup create(Actor actor, Change wanted, boolean confirmed) {
        ApprovalGroup created =
                changed(new ApprovalGroup(ids.next(), "", new TreeSet<>(), new TreeSet<>(), 1, Proof.NONE, 1), wanted);
        return editor.retrying(() -> created, group -> {
            PolicyEditor.Draft draft =
                    editor.draft(actor, "approval-group.create", RecordMapper.APPROVAL_GROUP, group.id(), null, group);
            guard.check(draft, actor, shared -> shared.with(group), confirmed)
                    .put(RecordMapper.of(group))
                    .approversMayHaveChanged()
                    .bumpEpoch();
            return new Edit<>(draft, group);
        });
    }

    /** The group with that id; {@code NOT_FOUND} if there is none. */
    public ApprovalGroup get(String id) {
        return store.get(RecordMapper.APPROVAL_GROUP, id)
                .map(record -> RecordMapper.read(record, ApprovalGroup.class))
                .orElseThrow(() -> OperationException.notFound("approval group"));
    }

    /** Computes the warnings of any group from the members at the time of this call; one call serves a whole list. */
    public Function<ApprovalGroup, List<String>> warnings() {
        PolicyCache.Shared shared = policy.current();
        return group -> Stream.concat(
                        isOutOfReach(shared, group) ? Stream.of(outOfReach(shared, group)) : Stream.of(),
                        withoutPasskeys(shared, group).stream())
                .toList();
    }

    /** The warnings of all groups that name the member or user group, or name a user group with that member. */
    public List<String> warningsAbout(String approver) {
        PolicyCache.Shared shared = policy.current();
        return shared.approvalGroups().stream()
                .filter(group -> names(shared, group, approver) && isOutOfReach(shared, group))
                .map(group -> "approval group " + group.name() + ": " + outOfReach(shared, group))
                .toList();
    }

    private static boolean names(PolicyCache.Shared shared, ApprovalGroup group, String approver) {
        return group.approvers().stream().anyMatch(named -> {
            UserGroup users = shared.userGroups().get(named);
            return named.equals(approver) || users != null && users.members().contains(approver);
        });
    }

    /** Looks only for as many passkeys as it takes. */
    private Optional<String> withoutPasskeys(PolicyCache.Shared shared, ApprovalGroup group) {
        int needed = Math.max(1, group.quorum());
        return group.proof() == Proof.SIGNED
                        && shared.effective(group).stream()
                                        .filter(member -> !passkeys.list(member).isEmpty())
                                        .limit(needed)
                                        .count()
                                < needed
                ? Optional.of("fewer than " + needed + " of its approvers have a passkey, and votes must be signed")
                : Optional.empty();
    }

    private static boolean isOutOfReach(PolicyCache.Shared shared, ApprovalGroup group) {
        return shared.effective(group).size() < Math.max(1, group.quorum());
    }

    private static String outOfReach(PolicyCache.Shared shared, ApprovalGroup group) {
        if (group.quorum() == 0) {
            return "none of its approvers may decide: unless another group helps, no device that it covers unlocks when"
                    + " it must be approved";
        }
        // Another group counts beside a quorum of 1, and never in place of a larger one.
        String help = group.quorum() == 1 ? "unless another group helps, " : "";
        return shared.effective(group).size() + " of its approvers may decide, and its quorum is " + group.quorum()
                + ": " + help + "no device that it covers unlocks";
    }

    /** Groups by age, oldest first. */
    public Page<ApprovalGroup> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.APPROVAL_GROUP, null, cursor, limit), limit, ApprovalGroup.class);
    }

    /**
     * Changes a group.
     *
     * @param version the version that the operator saw
     * @param confirmed whether the operator accepts that devices lose approval, or that nobody can approve some devices
     */
    public ApprovalGroup edit(Actor actor, String id, long version, Change change, boolean confirmed) {
        return editor.retrying(() -> get(id), before -> {
            PolicyEditor.refuseStale("group", version, before.version());
            ApprovalGroup after = changed(
                    new ApprovalGroup(
                            id,
                            before.name(),
                            before.requiredTags(),
                            before.approvers(),
                            before.quorum(),
                            before.proof(),
                            version + 1),
                    change);
            PolicyEditor.Draft draft =
                    editor.draft(actor, "approval-group.edit", RecordMapper.APPROVAL_GROUP, id, before, after);
            guard.check(draft, actor, shared -> shared.with(after), confirmed)
                    .put(RecordMapper.of(after))
                    .approversMayHaveChanged()
                    .bumpEpoch();
            return new Edit<>(draft, after);
        });
    }

    /** Removes a group; parameters as for {@link #edit}. */
    public void delete(Actor actor, String id, boolean confirmed) {
        editor.retrying(() -> get(id), before -> {
            PolicyEditor.Draft draft =
                    editor.draft(actor, "approval-group.delete", RecordMapper.APPROVAL_GROUP, id, before, null);
            guard.check(draft, actor, shared -> shared.without(before), confirmed)
                    .delete(RecordMapper.of(before))
                    .bumpEpoch();
            return new Edit<>(draft, before);
        });
    }

    private ApprovalGroup changed(ApprovalGroup before, Change change) {
        ApprovalGroup after = new ApprovalGroup(
                before.id(),
                Objects.requireNonNullElse(change.name(), before.name()),
                change.requiredTags() == null
                        ? before.requiredTags()
                        : Validation.normalisedTags(change.requiredTags()),
                change.approvers() == null ? before.approvers() : new TreeSet<>(change.approvers()),
                Objects.requireNonNullElse(change.quorum(), before.quorum()),
                Objects.requireNonNullElse(change.proof(), before.proof()),
                before.version());
        List<String> problems = new ArrayList<>();
        Validation.checkName(before.name(), after.name(), problems);
        Validation.checkTags(after.requiredTags(), problems);
        if (after.requiredTags().isEmpty()) {
            problems.add("one required tag at least");
        }
        if (after.approvers().size() > MAX_APPROVERS) {
            problems.add("at most " + MAX_APPROVERS + " approvers");
        }
        if (after.quorum() < 0 || after.quorum() > MAX_QUORUM) {
            problems.add("quorum must be 0 to " + MAX_QUORUM);
        }
        if (change.proof() == Proof.SIGNED && passkeys.relyingParty().isEmpty()) {
            problems.add("passkeys are not configured on this server, so no vote could be signed");
        }
        Validation.refuse(problems);
        for (String approver : after.approvers()) {
            // A known approver may have left since, and must not block edits of the group.
            if (!before.approvers().contains(approver)
                    && store.get(RecordMapper.MEMBER, approver).isEmpty()
                    && store.get(RecordMapper.USER_GROUP, approver).isEmpty()) {
                problems.add("no member or user group has the id " + approver);
            }
            if (!before.approvers().contains(approver)) {
                ServiceAccountRules.checkPerson(store, approver, problems);
            }
        }
        Validation.refuse(problems);
        return after;
    }
}
