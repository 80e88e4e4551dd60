package io.panocrypt.policy;

import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.UserGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Named sets of members. Thread-safe; throws as {@link Devices} does. */
public final class UserGroups {
    private static final int MOST_MEMBERS = 256;

    private final Editor editor;

    UserGroups(Editor editor) {
        this.editor = editor;
    }

    /** Makes a group of members that exist. */
    public UserGroup create(Actor actor, String name, Set<String> members) {
        String id = editor.ids().next();
        UserGroup made =
                checked(new UserGroup(id, "", new TreeSet<>(), 0), new UserGroup(id, name, new TreeSet<>(members), 1));
        editor.apply(editor.draft(actor, "user-group.create", Records.USER_GROUP, made.id(), null, made)
                .put(Records.of(made))
                .bumpEpoch());
        return made;
    }

    /** The group with that id. */
    public UserGroup get(String id) {
        return editor.store()
                .get(Records.USER_GROUP, id)
                .map(found -> Records.read(found, UserGroup.class))
                .orElseThrow(() -> OperationException.notFound("user group"));
    }

    /** Groups by age, oldest first. */
    public Page<UserGroup> list(@Nullable String cursor, int limit) {
        Pages.check(limit);
        return Pages.of(editor.store().scan(Records.USER_GROUP, null, cursor, limit), limit, UserGroup.class);
    }

    /** Changes a group; null leaves a part as it is. */
    public UserGroup edit(Actor actor, String id, long version, @Nullable String name, @Nullable Set<String> members) {
        UserGroup before = get(id);
        Editor.refuseStale("group", version, before.version());
        UserGroup after = checked(
                before,
                new UserGroup(
                        id,
                        Objects.requireNonNullElse(name, before.name()),
                        members == null ? before.members() : new TreeSet<>(members),
                        version + 1));
        editor.apply(editor.draft(actor, "user-group.edit", Records.USER_GROUP, id, before, after)
                .put(Records.of(after))
                .tell(editor.events().approversMayHaveChanged())
                .bumpEpoch());
        return after;
    }

    /** Removes a group; where it was an approver, its members no longer are. Devices then refuse, and never open. */
    public void delete(Actor actor, String id) {
        editor.retrying(
                () -> get(id),
                before -> editor.draft(actor, "user-group.delete", Records.USER_GROUP, id, before, null)
                        .delete(Records.of(before))
                        .bumpEpoch());
    }

    /** @param before what it was: its members may have left since */
    private UserGroup checked(UserGroup before, UserGroup group) {
        List<String> problems = new ArrayList<>();
        DeviceRules.checkName(before.name(), group.name(), problems);
        if (group.members().size() > MOST_MEMBERS) {
            problems.add("at most " + MOST_MEMBERS + " members");
        }
        DeviceRules.refuse(problems);
        for (String member : group.members()) {
            if (!before.members().contains(member)
                    && editor.store().get(Records.MEMBER, member).isEmpty()) {
                problems.add("no member has the id " + member);
            }
        }
        DeviceRules.refuse(problems);
        return group;
    }
}
