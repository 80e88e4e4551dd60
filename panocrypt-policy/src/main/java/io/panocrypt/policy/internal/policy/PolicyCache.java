package io.panocrypt.policy.internal.policy;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What all devices share of policy, read once for each policy epoch. Thread-safe. */
public final class PolicyCache {
    private static final System.Logger LOG = System.getLogger(PolicyCache.class.getName());
    private static final int PAGE = 500;
    /** How often shared policy is read again because it changed while it was read. */
    private static final int ATTEMPTS = 5;

    /**
     * The shared policy of one epoch.
     *
     * @param deciders the names of the members whose role lets them decide, by id
     */
    public record Shared(
            long epoch,
            Map<String, NetworkAccessList> lists,
            List<Lockdown> lockdowns,
            Map<String, List<TemporaryDeny>> denies,
            List<ApprovalGroup> approvalGroups,
            Map<String, UserGroup> userGroups,
            Map<String, String> deciders) {

        /** The blocks of the lists that a device refers to. */
        public List<Cidr> listed(Device device) {
            return device.networkAccessLists().stream()
                    .map(lists::get)
                    .filter(list -> list != null)
                    .flatMap(list -> list.cidrs().stream())
                    .toList();
        }

        /** Whether and by whom that device must be approved. */
        public DeviceApproval approvalOf(Device device) {
            List<ApprovalGroup> groups = approvalGroups.stream()
                    .filter(group -> group.covers(device.tags()))
                    .toList();
            var approval = approval(device);
            return new DeviceApproval(
                    approval.isNeeded(),
                    device.requireApproval(),
                    groups.stream()
                            .map(group -> new DeviceApproval.Named(group.id(), group.name()))
                            .toList(),
                    approval.approvers().stream()
                            .sorted()
                            .map(id -> new DeviceApproval.Named(id, deciders.getOrDefault(id, id)))
                            .toList(),
                    groups.stream().mapToInt(ApprovalGroup::quorum).max().orElse(0),
                    approval.isReachable());
        }

        List<TemporaryDeny> denies(Device device) {
            return denies.getOrDefault(device.id(), List.of());
        }

        /** The members who may decide for a group. */
        public Set<String> effective(ApprovalGroup group) {
            return ApprovalPolicy.effective(group, userGroups, deciders.keySet());
        }

        /** What groups make of devices. */
        public Set<Panel> panels() {
            return approvalGroups.stream()
                    .map(group -> new Panel(group.requiredTags(), effective(group), group.quorum()))
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** The same with a group that is new or has changed. */
        public Shared with(ApprovalGroup group) {
            List<ApprovalGroup> groups = new ArrayList<>(without(group).approvalGroups);
            groups.add(group);
            return with(groups, userGroups, deciders);
        }

        public Shared without(ApprovalGroup gone) {
            return with(
                    approvalGroups.stream()
                            .filter(group -> !group.id().equals(gone.id()))
                            .toList(),
                    userGroups,
                    deciders);
        }

        /** The same with a user group that has changed. */
        public Shared with(UserGroup group) {
            Map<String, UserGroup> groups = new HashMap<>(userGroups);
            groups.put(group.id(), group);
            return with(approvalGroups, groups, deciders);
        }

        public Shared without(UserGroup gone) {
            Map<String, UserGroup> groups = new HashMap<>(userGroups);
            groups.remove(gone.id());
            return with(approvalGroups, groups, deciders);
        }

        /** The same where that member decides no more. */
        public Shared withoutDecider(String member) {
            Map<String, String> left = new HashMap<>(deciders);
            left.remove(member);
            return with(approvalGroups, userGroups, left);
        }

        private Shared with(
                List<ApprovalGroup> approvers, Map<String, UserGroup> users, Map<String, String> mayDecide) {
            return new Shared(epoch, lists, lockdowns, denies, approvers, users, mayDecide);
        }

        /** Who may approve the device. */
        public ApprovalPolicy approval(Device device) {
            return ApprovalPolicy.of(device, approvalGroups, userGroups, deciders.keySet());
        }
    }

    /** What a group makes of the devices that it covers: who may decide, and how many of them must agree. */
    public record Panel(Set<String> requiredTags, Set<String> members, int quorum) {}

    private final PolicyStore store;
    private final Duration timeout;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable Shared latest;

    /** @param timeout how long to wait for another thread that reads the policy already */
    public PolicyCache(PolicyStore store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /**
     * The shared policy of that epoch; empty when it has passed, so that the caller's snapshot is stale.
     *
     * @throws StoreException if the store fails, or policy changes faster than it can be read
     */
    Optional<Shared> at(long epoch) {
        Shared known = latest;
        if (known == null || known.epoch() < epoch) {
            known = load();
        }
        return known.epoch() == epoch ? Optional.of(known) : Optional.empty();
    }

    /** One thread loads, the others wait for it: a boot storm after an edit must not read everything many times. */
    private Shared load() {
        try {
            if (!loading.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreRejectedException("the store takes too long to read policy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreRejectedException("interrupted while policy is read", e);
        }
        try {
            return loadAlone();
        } finally {
            loading.unlock();
        }
    }

    private Shared loadAlone() {
        long epoch = store.epoch();
        Shared known = latest;
        if (known != null && known.epoch() == epoch) {
            return known;
        }
        for (int i = 0; i < ATTEMPTS; i++) {
            Shared loaded = new Shared(
                    epoch,
                    all(RecordMapper.NETWORK_ACCESS_LIST, NetworkAccessList.class).stream()
                            .collect(Collectors.toMap(NetworkAccessList::id, Function.identity())),
                    all(RecordMapper.LOCKDOWN, Lockdown.class, UnreadableRecords::lockdown),
                    all(RecordMapper.TEMPORARY_DENY, TemporaryDeny.class, UnreadableRecords::temporaryDeny).stream()
                            .collect(Collectors.groupingBy(TemporaryDeny::deviceId)),
                    all(RecordMapper.APPROVAL_GROUP, ApprovalGroup.class, UnreadableRecords::approvalGroup),
                    all(RecordMapper.USER_GROUP, UserGroup.class).stream()
                            .collect(Collectors.toMap(UserGroup::id, Function.identity())),
                    all(RecordMapper.MEMBER, Member.class).stream()
                            .filter(member -> member.role() != Role.VIEWER)
                            .collect(Collectors.toUnmodifiableMap(Member::id, Member::name)));
            long now = store.epoch();
            if (now == epoch) {
                latest = loaded;
                return loaded;
            }
            epoch = now;
        }
        throw new StoreException("policy kept changing while it was read");
    }

    /** The shared policy as it is now. */
    public Shared current() {
        return load();
    }

    /** All of a kind that can only widen who is allowed: what cannot be read counts as absent. */
    private <T> List<T> all(String kind, Class<T> type) {
        return scanAll(store, kind, null).stream()
                .flatMap(found -> read(found, type).stream())
                .toList();
    }

    /** All of a kind that refuses: what cannot be read is replaced by what refuses more than it can have refused. */
    private <T> List<T> all(String kind, Class<T> type, Function<PolicyRecord, T> unreadable) {
        return scanAll(store, kind, null).stream()
                .map(found -> read(found, type).orElseGet(() -> unreadable.apply(found)))
                .toList();
    }

    private static <T> Optional<T> read(PolicyRecord record, Class<T> type) {
        try {
            return Optional.of(RecordMapper.read(record, type));
        } catch (UnreadableRecordException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0}; until it is repaired the service refuses whatever it may refuse",
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Every record of a kind, page by page. */
    public static List<PolicyRecord> scanAll(PolicyStore store, String kind, @Nullable String term) {
        List<PolicyRecord> found = new ArrayList<>();
        List<PolicyRecord> page = store.scan(kind, term, null, PAGE);
        while (!page.isEmpty()) {
            found.addAll(page);
            page = page.size() < PAGE
                    ? List.of()
                    : store.scan(kind, term, page.get(page.size() - 1).id(), PAGE);
        }
        return found;
    }
}
