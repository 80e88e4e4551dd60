package io.panocrypt.policy.internal.policy;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
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

/** The policy that all devices share, read once for each policy epoch. Thread-safe. */
public final class PolicyCache {
    private static final System.Logger LOG = System.getLogger(PolicyCache.class.getName());
    private static final int PAGE = 500;
    /** How often shared policy is read again because it changed meanwhile. */
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

        /** The blocks of the network access lists of a device. */
        public List<Cidr> listed(Device device) {
            return device.networkAccessLists().stream()
                    .map(lists::get)
                    .filter(list -> list != null)
                    .flatMap(list -> list.cidrs().stream())
                    .toList();
        }

        /** Whether the device needs approval, and who can give it. */
        public DeviceApproval approvalOf(Device device) {
            List<ApprovalGroup> groups = approvalGroups.stream()
                    .filter(group -> group.covers(device.tags()) && group.quorum() > 0)
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

        /** The effect of all approval groups, to compare two policies. */
        public Set<Panel> panels() {
            return approvalGroups.stream()
                    .map(group -> new Panel(group.requiredTags(), effective(group), group.quorum(), group.proof()))
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** A copy with a group that is new or has changed. */
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

        /** A copy with a user group that has changed. */
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

        /** A copy in which the member no longer decides. */
        public Shared withoutDecider(String member) {
            Map<String, String> left = new HashMap<>(deciders);
            left.remove(member);
            return with(approvalGroups, userGroups, left);
        }

        private Shared with(
                List<ApprovalGroup> approvers, Map<String, UserGroup> users, Map<String, String> mayDecide) {
            return new Shared(epoch, lists, lockdowns, denies, approvers, users, mayDecide);
        }

        /** The approval policy of the device. */
        public ApprovalPolicy approval(Device device) {
            return ApprovalPolicy.of(device, approvalGroups, userGroups, deciders.keySet());
        }
    }

    /** The effect of a group on devices with the required tags: who may vote, and how many must approve by what. */
    public record Panel(Set<String> requiredTags, Set<String> members, int quorum, ApprovalGroup.Proof proof) {}

    private final Store store;
    private final Duration timeout;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile @Nullable Shared latest;

    /** @param timeout how long to wait while another thread reads the policy */
    public PolicyCache(Store store, Duration timeout) {
        this.store = store;
        this.timeout = timeout;
    }

    /**
     * The shared policy of that epoch; empty if the epoch has passed, which means that the caller's snapshot is stale.
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

    /** One thread loads and the others wait: after an edit, a boot storm must not load everything many times. */
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
            return loadLocked();
        } finally {
            loading.unlock();
        }
    }

    private Shared loadLocked() {
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
                            .filter(member -> member.role().decides())
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

    /**
     * The present shared policy.
     *
     * @throws StoreException if the store fails, or policy changes faster than it can be read
     */
    public Shared current() {
        return load();
    }

    /** All records of a kind that can only admit; unreadable ones count as absent. */
    private <T> List<T> all(String kind, Class<T> type) {
        return scanAll(store, kind, null).stream()
                .flatMap(record -> read(record, type).stream())
                .toList();
    }

    /** All records of a kind that can refuse; an unreadable one is replaced by one that refuses at least as much. */
    private <T> List<T> all(String kind, Class<T> type, Function<PolicyRecord, T> unreadable) {
        return scanAll(store, kind, null).stream()
                .map(record -> read(record, type).orElseGet(() -> unreadable.apply(record)))
                .toList();
    }

    private static <T> Optional<T> read(PolicyRecord record, Class<T> type) {
        try {
            return Optional.of(RecordMapper.read(record, type));
        } catch (UnreadableRecordException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "{0}; until it is repaired, everything that it might refuse is refused",
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Every record of a kind, page by page. */
    public static List<PolicyRecord> scanAll(Store store, String kind, @Nullable String term) {
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
