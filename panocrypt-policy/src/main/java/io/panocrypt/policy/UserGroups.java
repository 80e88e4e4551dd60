package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.ApprovalGuard;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.ServiceAccountRules;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.spi.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Manages named sets of members. Thread-safe; throws as {@link Devices} does. */
public final class UserGroups {
    private static final int MAX_MEMBERS = 256;

    private final Store store;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final ApprovalGuard guard;

    UserGroups(Store store, IdGenerator ids, PolicyEditor editor, ApprovalGuard guard) {
        this.store = store;
        this.ids = ids;
        this.editor = editor;
        this.guard = guard;
    }

    /**
     * Creates a group.
     *
     * @param name 1 to 63 of {@code [a-z0-9.-]}
     * @param members identifiers of existing members, at most 256
     */
    public UserGroup create(Actor actor, String name, Set<String> members) {
        String id = ids.next();
        UserGroup created =
                checked(new UserGroup(id, "", new TreeSet<>(), 0), new UserGroup(id, name, new TreeSet<>(members), 1));
        editor.apply(editor.draft(actor, "user-group.create", RecordMapper.USER_GROUP, created.id(), null, created)
                .put(RecordMapper.of(created))
                .bumpEpoch());
        return created;
    }

    /** The group with that id; {@code NOT_FOUND} if there is none. */
    public UserGroup get(String id) {
        return store.get(RecordMapper.USER_GROUP, id)
                .map(record -> RecordMapper.read(record, UserGroup.class))
                .orElseThrow(() -> OperationException.notFound("user group"));
    }

    /** Groups by age, oldest first. The limit is 1 to 1,000. */
    public Page<UserGroup> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(store.scan(RecordMapper.USER_GROUP, null, cursor, limit), limit, UserGroup.class);
    }

    /** Changes a group as {@link #edit(Actor, String, long, String, Set, boolean)} does, unconfirmed. */
    public UserGroup edit(Actor actor, String id, long version, @Nullable String name, @Nullable Set<String> members) {
        return edit(actor, id, version, name, members, false);
    }

    /**
     * Changes a group; null leaves a value unchanged.
     *
     * @param version the version that the operator saw
     * @param confirmed whether the operator accepts that nobody can approve some devices afterwards
     */
    public UserGroup edit(
            Actor actor,
            String id,
            long version,
            @Nullable String name,
            @Nullable Set<String> members,
            boolean confirmed) {
        return editor.retrying(() -> get(id), before -> {
            PolicyEditor.refuseStale("group", version, before.version());
            UserGroup after = checked(
                    before,
                    new UserGroup(
                            id,
                            Objects.requireNonNullElse(name, before.name()),
                            members == null ? before.members() : new TreeSet<>(members),
                            version + 1));
            PolicyEditor.Draft draft =
                    editor.draft(actor, "user-group.edit", RecordMapper.USER_GROUP, id, before, after);
            guard.check(draft, actor, shared -> shared.with(after), confirmed)
                    .put(RecordMapper.of(after))
                    .approversMayHaveChanged()
                    .bumpEpoch();
            return new Edit<>(draft, after);
        });
    }

    /** Removes a group as {@link #delete(Actor, String, boolean)} does, unconfirmed. */
    public void delete(Actor actor, String id) {
        delete(actor, id, false);
    }

    /**
     * Removes a group. Its members are no longer approvers through it; devices that need them refuse.
     *
     * @param confirmed whether the operator accepts that nobody can approve some devices afterwards
     */
    public void delete(Actor actor, String id, boolean confirmed) {
        editor.retrying(() -> get(id), before -> {
            PolicyEditor.Draft draft =
                    editor.draft(actor, "user-group.delete", RecordMapper.USER_GROUP, id, before, null);
            guard.check(draft, actor, shared -> shared.without(before), confirmed)
                    .delete(RecordMapper.of(before))
                    .bumpEpoch();
            return new Edit<>(draft, before);
        });
    }

    /** @param before the group until now; its members may have left since and are not checked again */
    private UserGroup checked(UserGroup before, UserGroup group) {
        List<String> problems = new ArrayList<>();
        Validation.checkName(before.name(), group.name(), problems);
        if (group.members().size() > MAX_MEMBERS) {
            problems.add("at most " + MAX_MEMBERS + " members");
        }
        Validation.refuse(problems);
        for (String member : group.members()) {
            if (!before.members().contains(member)
                    && store.get(RecordMapper.MEMBER, member).isEmpty()) {
                problems.add("no member has the id " + member);
            }
            if (!before.members().contains(member)) {
                ServiceAccountRules.checkPerson(store, member, problems);
            }
        }
        Validation.refuse(problems);
        return group;
    }
}
