package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.SourcePolicy;
import io.panocrypt.policy.internal.edit.SourceWidth;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What operators do to network access lists. Thread-safe; throws as {@link Devices} does. */
public final class NetworkAccessLists {
    /** How many records are read at once to judge an edit. */
    private static final int SCAN = 500;

    private final PolicyStore store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;

    NetworkAccessLists(PolicyStore store, InstantSource clock, IdGenerator ids, PolicyEditor editor) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
    }

    /** Makes a list. */
    public NetworkAccessList create(Actor actor, String name, List<Cidr> cidrs, boolean acknowledgeOpen) {
        String id = ids.next();
        NetworkAccessList made = checked(
                new NetworkAccessList(id, "", List.of(), false, 0),
                new NetworkAccessList(id, name, cidrs, acknowledgeOpen, 1));
        editor.apply(editor.draft(
                        actor, "network-access-list.create", RecordMapper.NETWORK_ACCESS_LIST, made.id(), null, made)
                .put(RecordMapper.of(made))
                .bumpEpoch());
        return made;
    }

    /** The list with that id. */
    public NetworkAccessList get(String id) {
        return store.get(RecordMapper.NETWORK_ACCESS_LIST, id)
                .map(found -> RecordMapper.read(found, NetworkAccessList.class))
                .orElseThrow(() -> OperationException.notFound("network access list"));
    }

    /** Lists by age, oldest first. */
    public Page<NetworkAccessList> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        List<PolicyRecord> found = store.scan(RecordMapper.NETWORK_ACCESS_LIST, null, cursor, limit);
        return Paging.of(found, limit, NetworkAccessList.class);
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
        PolicyEditor.refuseStale("list", version, before.version());
        NetworkAccessList after = checked(
                before,
                new NetworkAccessList(
                        id,
                        Objects.requireNonNullElse(name, before.name()),
                        Objects.requireNonNullElse(cidrs, before.cidrs()),
                        Objects.requireNonNullElse(acknowledgeOpen, before.acknowledgeOpen()),
                        version + 1));
        if (admitsMore(before, after)) {
            refuseOpening(before, after);
        }
        editor.apply(
                editor.draft(actor, "network-access-list.edit", RecordMapper.NETWORK_ACCESS_LIST, id, before, after)
                        .put(RecordMapper.of(after))
                        .bumpEpoch());
        return after;
    }

    /** Removes a list that no device and no enrollment key refers to. */
    public void delete(Actor actor, String id) {
        editor.retrying(() -> get(id), before -> {
            refuseWhileUsed(RecordMapper.DEVICE, "devices", id);
            refuseWhileUsed(RecordMapper.ENROLLMENT_KEY, "enrollment keys", id);
            return new Edit<>(
                    editor.draft(
                                    actor,
                                    "network-access-list.delete",
                                    RecordMapper.NETWORK_ACCESS_LIST,
                                    id,
                                    before,
                                    null)
                            .delete(RecordMapper.of(before))
                            .bumpEpoch(),
                    before);
        });
    }

    private void refuseWhileUsed(String kind, String users, String id) {
        int count = PolicyCache.scanAll(store, kind, RecordMapper.listTerm(id)).size();
        if (count > 0) {
            throw new OperationException(OperationException.Kind.CONFLICT, count + " " + users + " refer to the list");
        }
    }

    private static NetworkAccessList checked(NetworkAccessList before, NetworkAccessList list) {
        List<String> problems = new ArrayList<>();
        Validation.checkName(before.name(), list.name(), problems);
        if (list.cidrs().size() > Validation.MAX_CIDRS) {
            problems.add("at most " + Validation.MAX_CIDRS + " cidrs");
        }
        if (admitsMore(before, list)) {
            Validation.checkOpen(list.cidrs(), problems);
        }
        Validation.refuse(problems);
        return list;
    }

    /** Whether the list has blocks that nobody acknowledges, and that it had not or that were acknowledged. */
    private static boolean admitsMore(NetworkAccessList before, NetworkAccessList after) {
        return !after.acknowledgeOpen()
                && (before.acknowledgeOpen() || !before.cidrs().containsAll(after.cidrs()));
    }

    /** Refuses an edit that, with their other blocks and lists, opens what refers to the list to nearly everybody. */
    private void refuseOpening(NetworkAccessList before, NetworkAccessList after) {
        Map<String, Optional<NetworkAccessList>> others = new HashMap<>();
        Predicate<SourcePolicy> opens = user -> {
            List<NetworkAccessList> rest = user.lists().stream()
                    .filter(id -> !id.equals(before.id()))
                    .flatMap(id -> others.computeIfAbsent(id, this::find).stream())
                    .toList();
            SourceWidth width = SourceWidth.of(user.unacknowledged(with(rest, after)));
            return width.isOpen() && width.isWiderThan(SourceWidth.of(user.unacknowledged(with(rest, before))));
        };
        // What cannot be read unlocks and enrols nothing, so that it keeps no list from being edited.
        long opened = count(
                        RecordMapper.DEVICE,
                        before.id(),
                        found -> RecordMapper.readIfReadable(found, Device.class)
                                .filter(device -> device.state() != DeviceState.REVOKED)
                                .filter(device -> opens.test(SourcePolicy.of(device)))
                                .isPresent())
                + count(
                        RecordMapper.ENROLLMENT_KEY,
                        before.id(),
                        found -> RecordMapper.readIfReadable(found, EnrollmentKey.class)
                                .filter(key -> key.isValidAt(clock.instant()))
                                .filter(key -> opens.test(SourcePolicy.of(key)))
                                .isPresent());
        if (opened > 0) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    opened
                            + " devices or enrollment keys would be open to nearly everybody by all their blocks together:"
                            + " set requireApproval on them, or acknowledgeOpen on the list");
        }
    }

    /** How many records that refer to a list are like that; a page at a time, since a fleet may refer to one list. */
    private long count(String kind, String list, Predicate<PolicyRecord> like) {
        long count = 0;
        @Nullable String after = null;
        List<PolicyRecord> page;
        do {
            page = store.scan(kind, RecordMapper.listTerm(list), after, SCAN);
            count += page.stream().filter(like).count();
            after = page.isEmpty() ? null : page.get(page.size() - 1).id();
        } while (page.size() == SCAN);
        return count;
    }

    private Optional<NetworkAccessList> find(String id) {
        return store.get(RecordMapper.NETWORK_ACCESS_LIST, id)
                .flatMap(found -> RecordMapper.readIfReadable(found, NetworkAccessList.class));
    }

    private static List<NetworkAccessList> with(List<NetworkAccessList> rest, NetworkAccessList one) {
        return Stream.concat(rest.stream(), Stream.of(one)).toList();
    }
}
