package io.panocrypt.policy;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.PageReader;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Verdict;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people decide about devices that wait. Thread-safe; throws as {@link Devices} does.
 *
 * <p>Only an effective approver may decide: a member whose role lets them, named, alone or in a user group, by an approval
 * group that covers the device as its tags are now. Administrators are no exception.
 */
public final class Approvals {
    private static final int MAX_COMMENT = 1024;

    /**
     * How often a decision is made again because the request has changed: a host that collects changes it once for each use,
     * and must not keep a denial from being heard.
     */
    private static final int ATTEMPTS = 2 * Validation.MAX_USES;

    /** The filter passes over requests that time has moved on: how many are read at once does not depend on the limit. */
    private static final int SCAN = 500;

    private final PolicyStore store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final OutboxEntries events;
    private final Devices devices;
    private final PolicyCache policy;
    private final RequestCanceller withdrawal;
    private final ApprovalTimes times;

    Approvals(
            PolicyStore store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            OutboxEntries events,
            Devices devices,
            PolicyCache policy,
            RequestCanceller withdrawal,
            ApprovalTimes times) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.events = events;
        this.devices = devices;
        this.policy = policy;
        this.withdrawal = withdrawal;
        this.times = times;
    }

    /** The request with that id. */
    public ApprovalRequest get(String id) {
        return store.get(RecordMapper.REQUEST, id)
                .map(found -> RecordMapper.read(found, ApprovalRequest.class))
                .orElseThrow(() -> OperationException.notFound("request"));
    }

    /** What time has made of a request. */
    public State state(ApprovalRequest request) {
        return request.stateAt(clock.instant(), times.pending());
    }

    /** How many answers an approval of that request gives; later edits of the device do not change it. */
    public int uses(ApprovalRequest request) {
        return request.uses() == 0
                ? device(request)
                        .map(device -> request.usesOr(device.volumes()))
                        .orElse(1)
                : request.uses();
    }

    /** The members who may decide about a request now. */
    public Set<String> approvers(ApprovalRequest request) {
        return device(request)
                .map(device -> policy.current().approval(device).approvers())
                .orElse(Set.of());
    }

    /** Empty where it cannot be read: nobody may decide about such a device, and others' requests are shown all the same. */
    private Optional<Device> device(ApprovalRequest request) {
        try {
            return Optional.of(devices.get(request.deviceId()));
        } catch (UnreadableRecordException e) {
            return Optional.empty();
        }
    }

    /**
     * Requests by age, oldest first.
     *
     * @param state only requests in this state; null for all
     */
    public Page<ApprovalRequest> list(@Nullable State state, @Nullable String cursor, int limit) {
        Paging.check(limit);
        String term = state == null ? null : RecordMapper.stateTerm(state);
        PageReader<ApprovalRequest> found = new PageReader<>();
        String after = cursor;
        while (true) {
            List<PolicyRecord> page = store.scan(RecordMapper.REQUEST, term, after, SCAN);
            for (PolicyRecord next : page) {
                after = next.id();
                Optional<ApprovalRequest> request = found.read(
                                next, record -> RecordMapper.read(record, ApprovalRequest.class))
                        .filter(one -> state == null || state(one) == state);
                if (request.isPresent() && found.add(request.get()) == limit) {
                    return found.page(Optional.of(after));
                }
            }
            if (page.size() < SCAN) {
                return found.page(Optional.empty());
            }
        }
    }

    /**
     * Approves. The approval that completes every quorum opens the collection window: as many answers as the request
     * {@linkplain #uses says}, from that source, until the window ends.
     *
     * @param comment at most 1,024 characters
     * @param alsoFrom further sources of the same device, each with an open request, for a machine of two stacks: all are
     *     approved, in one edit, or none is
     * @return the request with that id
     */
    public ApprovalRequest approve(Member voter, String id, String comment, Collection<IpAddress> alsoFrom) {
        ApprovalRequest named = get(id);
        Set<IpAddress> others = new HashSet<>(alsoFrom);
        others.remove(named.source());
        List<String> requestIds = new ArrayList<>(List.of(id));
        if (!others.isEmpty()) {
            openOf(named.deviceId(), others).forEach(further -> requestIds.add(further.id()));
        }
        return vote(voter, requestIds, Verdict.APPROVE, comment);
    }

    /** Defers: the request stays pending. */
    public ApprovalRequest defer(Member voter, String id, String comment) {
        return vote(voter, List.of(id), Verdict.DEFER, comment);
    }

    private List<ApprovalRequest> openOf(String deviceId, Set<IpAddress> sources) {
        List<ApprovalRequest> found = withdrawal.ofDevice(deviceId).stream()
                .filter(request -> sources.contains(request.source()))
                .filter(request -> state(request) == State.PENDING)
                .toList();
        if (found.size() < sources.size()) {
            throw new OperationException(
                    OperationException.Kind.INVALID,
                    "each of the sources must have an open request of the same device");
        }
        return found;
    }

    /** @param requestIds of requests of one device, the one that is returned first */
    private ApprovalRequest vote(Member voter, List<String> requestIds, Verdict verdict, String comment) {
        checkComment(comment);
        return editor.retrying(
                ATTEMPTS, () -> requestIds.stream().map(this::get).toList(), requests -> {
                    Device device = devices.get(requests.get(0).deviceId());
                    PolicyCache.Shared shared = policy.current();
                    ApprovalPolicy approval = shared.approval(device);
                    refuseOutsider(voter, approval);
                    Instant now = clock.instant();
                    requests.forEach(before -> refuseDecided(before, approval));
                    List<ApprovalRequest> voted = requests.stream()
                            .map(before -> before.with(
                                            new Vote(voter.id(), verdict, now, comment),
                                            before.usesOr(device.volumes()))
                                    .withVersion(before.version() + 1))
                            .toList();
                    PolicyEditor.Draft draft = draft(voter, verdict, requests, voted)
                            .judgedBy(shared)
                            .require(RecordMapper.DEVICE, device.id(), device.version());
                    List<ApprovalRequest> after = voted.stream()
                            .map(one -> verdict == Verdict.APPROVE && approval.isSatisfiedBy(one.approvedBy())
                                    ? approve(draft, device, one, Actor.of(voter), now)
                                    : one)
                            .toList();
                    after.forEach(one -> draft.put(RecordMapper.open(one)));
                    return new Edit<>(draft, after.get(0));
                });
    }

    private void refuseDecided(ApprovalRequest request, ApprovalPolicy approval) {
        refuseOver(request);
        if (state(request) == State.APPROVED && approval.isSatisfiedBy(request.approvedBy())) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the request is approved already");
        }
    }

    /** The request with the grant that completes every quorum. */
    private ApprovalRequest approve(
            PolicyEditor.Draft draft, Device device, ApprovalRequest voted, Actor voter, Instant now) {
        // A former approval whose voters no longer suffice gives way to this one.
        voted.grantId().ifPresent(old -> draft.cancel(new GrantScope.Single(device.id(), old)));
        ApprovalRequest approved = voted.approve(ids.next(), now.plus(times.window()));
        draft.grant(RecordMapper.ofApproval(approved, voted.uses(), now));
        draft.tell(events.decided(EventType.REQUEST_APPROVED, device, approved, voter, now));
        return approved;
    }

    /**
     * Denies, which any one effective approver may: ends the request, withdraws an approval that has uses left, and
     * refuses the device from that source for a while.
     *
     * @param wholeDevice refuses the device from everywhere, and cancels all its open allowances and approvals
     */
    public ApprovalRequest deny(Member voter, String id, String comment, boolean wholeDevice) {
        checkComment(comment);
        ApprovalRequest ended = editor.retrying(ATTEMPTS, () -> get(id), before -> {
            Device device = devices.get(before.deviceId());
            PolicyCache.Shared shared = policy.current();
            refuseOutsider(voter, shared.approval(device));
            refuseOver(before);
            Instant now = clock.instant();
            Vote vote = new Vote(voter.id(), Verdict.DENY, now, comment);
            ApprovalRequest denied = before.with(vote, before.usesOr(device.volumes()))
                    .withState(State.DENIED)
                    .withVersion(before.version() + 1);
            TemporaryDeny deny = new TemporaryDeny(
                    ids.next(),
                    before.deviceId(),
                    wholeDevice ? Optional.empty() : Optional.of(before.source()),
                    now.plus(times.temporaryDeny()),
                    "request " + id + " denied",
                    1);
            PolicyEditor.Draft draft = draft(voter, Verdict.DENY, List.of(before), List.of(denied))
                    .put(RecordMapper.ended(denied))
                    .put(RecordMapper.of(deny))
                    .tell(events.decided(EventType.REQUEST_DENIED, device, denied, Actor.of(voter), now))
                    .judgedBy(shared)
                    .require(RecordMapper.DEVICE, device.id(), device.version())
                    .bumpEpoch();
            TemporaryDenies.over(store, now, before.deviceId()).forEach(draft::delete);
            if (wholeDevice) {
                draft.cancel(new GrantScope.OfDevice(before.deviceId()));
            } else {
                before.grantId().ifPresent(grant -> draft.cancel(new GrantScope.Single(before.deviceId(), grant)));
            }
            return new Edit<>(draft, denied);
        });
        if (wholeDevice) {
            withdrawal.end(Actor.of(voter), withdrawal.ofDevice(ended.deviceId()));
        }
        return ended;
    }

    /** The audit shows one request as itself, and several as a list. */
    private PolicyEditor.Draft draft(
            Member voter, Verdict verdict, List<ApprovalRequest> before, List<ApprovalRequest> after) {
        String action = "request." + verdict.name().toLowerCase(java.util.Locale.ROOT);
        boolean single = before.size() == 1;
        return editor.draft(
                Actor.of(voter),
                action,
                RecordMapper.REQUEST,
                before.get(0).id(),
                single ? before.get(0) : before,
                single ? after.get(0) : after);
    }

    private static void refuseOutsider(Member voter, ApprovalPolicy approval) {
        if (!approval.approvers().contains(voter.id())) {
            throw new OperationException(
                    OperationException.Kind.FORBIDDEN, "only an effective approver of the device may decide");
        }
    }

    private void refuseOver(ApprovalRequest request) {
        State state = state(request);
        if (state != State.PENDING && state != State.APPROVED) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT,
                    "the request is " + state.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private static void checkComment(String comment) {
        if (comment.length() > MAX_COMMENT) {
            throw new OperationException(
                    OperationException.Kind.INVALID, "a comment is at most " + MAX_COMMENT + " characters");
        }
    }
}
