package io.panocrypt.policy.store.memory;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The reference store, as simple as possible: everything is in memory and lost when the process ends.
 *
 * <p>Thread-safe: every method holds one lock. For tests and trials.
 */
public final class MemoryStore implements PolicyStore, DecisionStore {
    private static final Comparator<JournalQuery.Position> OLDEST_FIRST = Comparator.comparingLong(
                    JournalQuery.Position::epochMilli)
            .thenComparing(JournalQuery.Position::chain)
            .thenComparingLong(JournalQuery.Position::sequence);

    /** No record has this version, so an expectation of it is always stale. */
    private static final long NO_VERSION = -1;

    private final InstantSource clock;
    private final String chain;
    private final Map<String, TreeMap<String, PolicyRecord>> records = new TreeMap<>();
    private final Map<String, Grant> grants = new TreeMap<>();
    private final List<JournalRow> journal = new ArrayList<>();
    private final Set<String> entryIds = new HashSet<>();
    private final MemoryOutbox outbox = new MemoryOutbox();
    private ChainHead head;
    private long epoch = 1;

    /**
     * An empty store.
     *
     * @param clock gives the store's time
     * @param node the name of this node's chain
     */
    public MemoryStore(InstantSource clock, String node) {
        this.clock = clock;
        this.chain = node;
        this.head = ChainHead.start(node);
    }

    @Override
    public synchronized long epoch() {
        return epoch;
    }

    @Override
    public synchronized Optional<PolicyRecord> get(String kind, String id) {
        return Optional.ofNullable(ofKind(kind).get(id));
    }

    @Override
    public synchronized Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return ofKind(kind).values().stream()
                .filter(candidate -> candidate.uniqueTerms().contains(uniqueTerm))
                .findFirst();
    }

    @Override
    public synchronized List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        return ofKind(kind).values().stream()
                .filter(candidate -> term == null || candidate.terms().contains(term))
                .filter(candidate -> after == null || candidate.id().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized EditResult apply(PolicyEdit edit) {
        if (entryIds.contains(edit.audit().id())) {
            return new EditResult.Applied();
        }
        if (edit.epoch() != null && edit.epoch() != epoch) {
            return new EditResult.OtherEpoch();
        }
        Optional<EditResult> obstacle = obstacle(edit.changes());
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        edit.cancels().forEach(this::cancel);
        edit.changes().forEach(this::make);
        edit.grants().forEach(grant -> grants.put(grant.id(), grant));
        outbox.keep(edit.outbox(), now());
        if (edit.bumpsEpoch()) {
            epoch++;
        }
        append(edit.audit());
        return new EditResult.Applied();
    }

    private Optional<EditResult> obstacle(List<PolicyEdit.Change> changes) {
        return staleIn(changes).or(() -> takenIn(changes));
    }

    private Optional<EditResult> staleIn(List<PolicyEdit.Change> changes) {
        Set<List<String>> written = new HashSet<>();
        for (PolicyEdit.Change change : changes) {
            Optional<EditResult> obstacle = staleBy(change, written);
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        return Optional.empty();
    }

    private Optional<EditResult> staleBy(PolicyEdit.Change change, Set<List<String>> written) {
        if (change instanceof PolicyEdit.Change.Put put) {
            PolicyRecord wanted = put.record();
            boolean first = written.add(List.of(wanted.kind(), wanted.id()));
            return stale(wanted.kind(), wanted.id(), first ? wanted.version() - 1 : NO_VERSION);
        }
        if (change instanceof PolicyEdit.Change.Delete delete) {
            boolean first = written.add(List.of(delete.kind(), delete.id()));
            return stale(delete.kind(), delete.id(), first ? delete.version() : NO_VERSION);
        }
        if (change instanceof PolicyEdit.Change.Require require) {
            return stale(require.kind(), require.id(), require.version());
        }
        throw new IllegalStateException("unknown kind of change");
    }

    /** Checks the unique terms against the state after the edit: an edit may take a term that it also frees. */
    private Optional<EditResult> takenIn(List<PolicyEdit.Change> changes) {
        Map<List<String>, String> holders = new HashMap<>();
        records.forEach((kind, byId) -> byId.values()
                .forEach(record ->
                        record.uniqueTerms().forEach(term -> holders.put(List.of(kind, term), record.id()))));
        for (PolicyEdit.Change change : changes) {
            if (change instanceof PolicyEdit.Change.Put put) {
                free(holders, put.record().kind(), put.record().id());
            } else if (change instanceof PolicyEdit.Change.Delete delete) {
                free(holders, delete.kind(), delete.id());
            }
        }
        for (PolicyEdit.Change change : changes) {
            if (change instanceof PolicyEdit.Change.Put put) {
                PolicyRecord record = put.record();
                for (String term : record.uniqueTerms().stream().sorted().toList()) {
                    if (holders.putIfAbsent(List.of(record.kind(), term), record.id()) != null) {
                        return Optional.of(new EditResult.Taken(record.kind(), term));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static void free(Map<List<String>, String> holders, String kind, String id) {
        holders.entrySet()
                .removeIf(held ->
                        held.getKey().get(0).equals(kind) && held.getValue().equals(id));
    }

    private Optional<EditResult> stale(String kind, String id, long version) {
        return version(kind, id) == version ? Optional.empty() : Optional.of(new EditResult.Stale(kind, id));
    }

    private long version(String kind, String id) {
        return get(kind, id).map(PolicyRecord::version).orElse(0L);
    }

    private void make(PolicyEdit.Change change) {
        if (change instanceof PolicyEdit.Change.Put put) {
            ofKind(put.record().kind()).put(put.record().id(), put.record());
        } else if (change instanceof PolicyEdit.Change.Delete delete) {
            ofKind(delete.kind()).remove(delete.id());
        }
    }

    private void cancel(GrantScope scope) {
        grants.values().removeIf(grant -> {
            if (scope instanceof GrantScope.Single single) {
                return grant.deviceId().equals(single.deviceId()) && grant.id().equals(single.grantId());
            }
            if (scope instanceof GrantScope.OfDevice device) {
                return grant.deviceId().equals(device.deviceId());
            }
            if (scope instanceof GrantScope.OfTerms devices) {
                return devices.terms().isEmpty()
                        || get(PolicyRecord.DEVICE, grant.deviceId())
                                .filter(device -> device.terms().containsAll(devices.terms()))
                                .isPresent();
            }
            throw new IllegalStateException("unknown kind of grant scope");
        });
    }

    @Override
    public synchronized Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        return find(PolicyRecord.DEVICE, uniqueTerm)
                .map(device -> new DecisionSnapshot(
                        now(),
                        epoch,
                        device,
                        grants(device.id()),
                        ofKind(PolicyRecord.REQUEST).values().stream()
                                .filter(request -> request.terms().contains(device.id()))
                                .toList()));
    }

    @Override
    public synchronized CommitResult commit(DecisionCommit commit) {
        if (entryIds.contains(commit.entry().id())) {
            return CommitResult.COMMITTED;
        }
        if (epoch != commit.epoch() || version(PolicyRecord.DEVICE, commit.deviceId()) != commit.deviceVersion()) {
            return CommitResult.CONFLICT;
        }
        if (obstacle(commit.changes()).isPresent()
                || !commit.spends().stream().allMatch(grant -> isSpendable(commit.deviceId(), grant))) {
            return CommitResult.CONFLICT;
        }
        commit.spends().forEach(this::spend);
        commit.changes().forEach(this::make);
        outbox.keep(commit.outbox(), now());
        append(commit.entry());
        return CommitResult.COMMITTED;
    }

    private boolean isSpendable(String deviceId, String grantId) {
        Grant grant = grants.get(grantId);
        return grant != null && grant.deviceId().equals(deviceId) && grant.usesLeft() > 0 && grant.isValidAt(now());
    }

    private void spend(String grantId) {
        grants.computeIfPresent(
                grantId,
                (id, grant) -> new Grant(
                        id,
                        grant.deviceId(),
                        grant.uses(),
                        grant.usesLeft() - 1,
                        grant.created(),
                        grant.expires(),
                        grant.body()));
    }

    @Override
    public synchronized void append(JournalEntry entry) {
        if (entryIds.add(entry.id())) {
            JournalRow row = head.append(entry);
            journal.add(row);
            head = ChainHead.of(row);
        }
    }

    @Override
    public synchronized CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        if (entries.stream().anyMatch(entry -> entryIds.contains(entry.id()))) {
            return CommitResult.COMMITTED;
        }
        if (obstacle(changes).isPresent()) {
            return CommitResult.CONFLICT;
        }
        changes.forEach(this::make);
        entries.forEach(this::append);
        return CommitResult.COMMITTED;
    }

    @Override
    public synchronized CommitResult cut(JournalCut cut) {
        if (entryIds.contains(cut.entry().id())) {
            return CommitResult.COMMITTED;
        }
        boolean isThere = journal.stream().map(ChainHead::of).anyMatch(cut.end()::equals);
        if (!isThere
                || cut.end().equals(head)
                || obstacle(List.of(cut.stands())).isPresent()) {
            return CommitResult.CONFLICT;
        }
        journal.removeIf(row -> row.sequence() <= cut.end().sequence());
        make(cut.stands());
        append(cut.entry());
        return CommitResult.COMMITTED;
    }

    @Override
    public synchronized List<Grant> grants(String deviceId) {
        Instant now = now();
        return grants.values().stream()
                .filter(grant -> grant.deviceId().equals(deviceId))
                .filter(grant -> grant.usesLeft() > 0 && now.isBefore(grant.expires()))
                .toList();
    }

    @Override
    public synchronized List<JournalRow> journal(JournalQuery query) {
        return journal.stream()
                .filter(row -> row.entry().kind() == query.kind())
                .filter(row -> query.deviceId() == null
                        || query.deviceId().equals(row.entry().deviceId()))
                .filter(row -> query.before() == null
                        || OLDEST_FIRST.compare(JournalQuery.Position.of(row), query.before()) < 0)
                .sorted(Comparator.comparing(JournalQuery.Position::of, OLDEST_FIRST.reversed()))
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized List<JournalRow> chain(String wanted, long after, int limit) {
        return wanted.equals(chain)
                ? journal.stream()
                        .filter(row -> row.sequence() > after)
                        .limit(limit)
                        .toList()
                : List.of();
    }

    @Override
    public synchronized List<ChainHead> heads() {
        return journal.isEmpty() ? List.of() : List.of(head);
    }

    /** True: it never waits. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }

    @Override
    public synchronized List<OutboxEntry> outbox(int limit) {
        return outbox.waiting(limit);
    }

    @Override
    public synchronized void enqueue(List<OutboxEntry> entries) {
        outbox.keep(entries, now());
    }

    @Override
    public synchronized List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return outbox.lease(lease, now(), length, limit);
    }

    @Override
    public synchronized boolean settle(String lease, String entryId, Settlement settlement) {
        return outbox.settle(lease, entryId, settlement, now());
    }

    @Override
    public synchronized OutboxStatus outboxStatus() {
        return outbox.status(now());
    }

    @Override
    public synchronized List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return outbox.dead(after, limit);
    }

    @Override
    public synchronized boolean reviveDeadLetter(String entryId) {
        return outbox.revive(entryId, now());
    }

    @Override
    public synchronized boolean dropDeadLetter(String entryId) {
        return outbox.drop(entryId, now());
    }

    @Override
    public synchronized int purgeOutbox(Duration age) {
        return outbox.purge(now().minus(age));
    }

    private TreeMap<String, PolicyRecord> ofKind(String kind) {
        return records.computeIfAbsent(kind, ignored -> new TreeMap<>());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
