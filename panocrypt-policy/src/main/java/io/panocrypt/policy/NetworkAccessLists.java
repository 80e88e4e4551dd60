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
import io.panocrypt.policy.spi.store.Store;
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

/** Manages lists of address blocks that devices share. Thread-safe; throws as {@link Devices} does. */
public final class NetworkAccessLists {
    /** Records read at once to check an edit. */
    private static final int SCAN = 500;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;

    NetworkAccessLists(Store store, InstantSource clock, IdGenerator ids, PolicyEditor editor) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
    }

    /**
     * Creates a list.
     *
     * @param name 1 to 63 of {@code [a-z0-9.-]}
     * @param cidrs at most 256
     * @param acknowledgeOpen whether the operator accepts blocks that are open to nearly everybody
     */
    public NetworkAccessList create(Actor actor, String name, List<Cidr> cidrs, boolean acknowledgeOpen) {
        String id = ids.next();
        NetworkAccessList created = checked(
                new NetworkAccessList(id, "", List.of(), false, 0),
                new NetworkAccessList(id, name, cidrs, acknowledgeOpen, 1));
        editor.apply(editor.draft(
                        actor,
                        "network-access-list.create",
                        RecordMapper.NETWORK_ACCESS_LIST,
                        created.id(),
                        null,
                        created)
                .put(RecordMapper.of(created))
                .bumpEpoch());
        return created;
    }

    /** The list with that id; {@code NOT_FOUND} if there is none. */
    public NetworkAccessList get(String id) {
        return store.get(RecordMapper.NETWORK_ACCESS_LIST, id)
                .map(record -> RecordMapper.read(record, NetworkAccessList.class))
                .orElseThrow(() -> OperationException.notFound("network access list"));
    }

    /** Lists by age, oldest first. The limit is 1 to 1,000. */
    public Page<NetworkAccessList> list(@Nullable String cursor, int limit) {
        Paging.check(limit);
        List<PolicyRecord> found = store.scan(RecordMapper.NETWORK_ACCESS_LIST, null, cursor, limit);
        return Paging.of(found, limit, NetworkAccessList.class);
    }

    /**
     * Changes a list; null leaves a value unchanged. The change affects every device that refers to the list at once.
     *
     * @param version the version that the operator saw
     */
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

    /** Removes a list; {@code CONFLICT} while a device or an enrollment key refers to it. */
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

    /** Whether the edit admits more sources without an acknowledgement: new blocks, or an acknowledgement taken back. */
    private static boolean admitsMore(NetworkAccessList before, NetworkAccessList after) {
        return !after.acknowledgeOpen()
                && (before.acknowledgeOpen() || !before.cidrs().containsAll(after.cidrs()));
    }

    /**
     * Refuses an edit that opens a referring device or key to nearly everybody, together with its other blocks and lists.
     */
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
        // Unreadable records unlock and enrol nothing, so they must not block edits of a list.
        long opened = count(
                        RecordMapper.DEVICE,
                        before.id(),
                        record -> RecordMapper.readIfReadable(record, Device.class)
                                .filter(device -> device.state() != DeviceState.REVOKED)
                                .filter(device -> opens.test(SourcePolicy.of(device)))
                                .isPresent())
                + count(
                        RecordMapper.ENROLLMENT_KEY,
                        before.id(),
                        record -> RecordMapper.readIfReadable(record, EnrollmentKey.class)
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

    /** Counts matching records that refer to a list, page by page, since a whole fleet may refer to one list. */
    private long count(String kind, String list, Predicate<PolicyRecord> matching) {
        long count = 0;
        @Nullable String after = null;
        List<PolicyRecord> page;
        do {
            page = store.scan(kind, RecordMapper.listTerm(list), after, SCAN);
            count += page.stream().filter(matching).count();
            after = page.isEmpty() ? null : page.get(page.size() - 1).id();
        } while (page.size() == SCAN);
        return count;
    }

    private Optional<NetworkAccessList> find(String id) {
        return store.get(RecordMapper.NETWORK_ACCESS_LIST, id)
                .flatMap(record -> RecordMapper.readIfReadable(record, NetworkAccessList.class));
    }

    private static List<NetworkAccessList> with(List<NetworkAccessList> rest, NetworkAccessList one) {
        return Stream.concat(rest.stream(), Stream.of(one)).toList();
    }
}
