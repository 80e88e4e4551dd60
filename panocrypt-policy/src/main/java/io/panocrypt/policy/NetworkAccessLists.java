package io.panocrypt.policy;

import io.panocrypt.policy.model.Cidr;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.PolicyRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What operators do to network access lists. Thread-safe; throws as {@link Devices} does. */
public final class NetworkAccessLists {
    private final Editor editor;

    NetworkAccessLists(Editor editor) {
        this.editor = editor;
    }

    /** Makes a list. */
    public NetworkAccessList create(Actor actor, String name, List<Cidr> cidrs, boolean acknowledgeOpen) {
        NetworkAccessList made = checked(new NetworkAccessList(editor.ids().next(), name, cidrs, acknowledgeOpen, 1));
        editor.apply(
                editor.draft(actor, "network-access-list.create", Records.NETWORK_ACCESS_LIST, made.id(), null, made)
                        .put(Records.of(made))
                        .bumpEpoch());
        return made;
    }

    /** The list with that id. */
    public NetworkAccessList get(String id) {
        return editor.store()
                .get(Records.NETWORK_ACCESS_LIST, id)
                .map(found -> Records.read(found, NetworkAccessList.class))
                .orElseThrow(() -> OperationException.notFound("network access list"));
    }

    /** Lists by age, oldest first. */
    public Page<NetworkAccessList> list(@Nullable String cursor, int limit) {
        Pages.check(limit);
        List<PolicyRecord> found = editor.store().scan(Records.NETWORK_ACCESS_LIST, null, cursor, limit);
        return Pages.of(found, limit, NetworkAccessList.class);
    }

    /** Changes a list; null leaves a member as it is. Every device that refers to it is decided by the new one at once. */
    public NetworkAccessList edit(
            Actor actor,
            String id,
            long version,
            @Nullable String name,
            @Nullable List<Cidr> cidrs,
            @Nullable Boolean acknowledgeOpen) {
        NetworkAccessList before = get(id);
        Editor.refuseStale("list", version, before.version());
        NetworkAccessList after = checked(new NetworkAccessList(
                id,
                Objects.requireNonNullElse(name, before.name()),
                Objects.requireNonNullElse(cidrs, before.cidrs()),
                Objects.requireNonNullElse(acknowledgeOpen, before.acknowledgeOpen()),
                version + 1));
        editor.apply(editor.draft(actor, "network-access-list.edit", Records.NETWORK_ACCESS_LIST, id, before, after)
                .put(Records.of(after))
                .bumpEpoch());
        return after;
    }

    /** Removes a list that no device and no enrollment key refers to. */
    public void delete(Actor actor, String id) {
        editor.retrying(() -> get(id), before -> {
            refuseWhileUsed(Records.DEVICE, "devices", id);
            refuseWhileUsed(Records.ENROLLMENT_KEY, "enrollment keys", id);
            return editor.draft(actor, "network-access-list.delete", Records.NETWORK_ACCESS_LIST, id, before, null)
                    .delete(Records.of(before))
                    .bumpEpoch();
        });
    }

    private void refuseWhileUsed(String kind, String users, String id) {
        int count =
                PolicyCache.scanAll(editor.store(), kind, Records.listTerm(id)).size();
        if (count > 0) {
            throw new OperationException(OperationException.Kind.CONFLICT, count + " " + users + " refer to the list");
        }
    }

    private static NetworkAccessList checked(NetworkAccessList list) {
        List<String> problems = new ArrayList<>();
        DeviceRules.checkName("name", list.name(), problems);
        if (list.cidrs().size() > DeviceRules.MOST_CIDRS) {
            problems.add("at most " + DeviceRules.MOST_CIDRS + " cidrs");
        }
        if (!list.acknowledgeOpen()) {
            DeviceRules.checkOpen(list.cidrs(), problems);
        }
        DeviceRules.refuse(problems);
        return list;
    }
}
