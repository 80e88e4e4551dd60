package io.panocrypt.policy;

import io.panocrypt.policy.internal.decision.ApprovalPolicy;
import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.RequestCanceller;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.event.SeenSources;
import io.panocrypt.policy.internal.passkey.ApprovalSigning;
import io.panocrypt.policy.internal.passkey.VoteProofs;
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
import io.panocrypt.policy.model.passkey.PasskeyAssertion;
import io.panocrypt.policy.model.passkey.StatementToSign;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists approval requests and takes votes on them. Thread-safe; throws as {@link Devices} does.
 *
 * <p>Only an effective approver may vote: a member above viewer whom an approval group that covers the device names,
 * directly or by a user group. The device's present tags count. Administrators are no exception.
 */
public final class Approvals {
    private static final int MAX_COMMENT = 1024;

    /**
     * How often a vote is repeated because the request has changed. A collecting host changes it once for each use, and must
     * not block a denial.
     */
    private static final int ATTEMPTS = 2 * Validation.MAX_USES;

    /** In place of the version that a voter saw: the vote is taken whatever others voted. */
    private static final long ANY_VERSION = -1;

    /** How long back other requests of the device are shown, and how many of them. */
    private static final Duration SHOWN_BACK = Duration.ofHours(1);

    private static final int MAX_SHOWN = 50;

    private static final Duration NEWEST_BACK = Duration.ofDays(1);

    private static final int NEWEST_PAGES = 10;

    /** Records read at once; independent of the limit, because the filter may skip most of them. */
    private static final int SCAN = 500;

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final OutboxEntries events;
    private final Devices devices;
    private final PolicyCache policy;
    private final RequestCanceller canceller;
    private final ApprovalTimes times;
    private final VoteProofs proofs;
    private final ApprovalSigning signing;

    Approvals(
            Store store,
            InstantSource clock,
            IdGenerator ids,
            PolicyEditor editor,
            OutboxEntries events,
            Devices devices,
            PolicyCache policy,
            RequestCanceller canceller,
            ApprovalTimes times,
            VoteProofs proofs,
            ApprovalSigning signing) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.events = events;
        this.devices = devices;
        this.policy = policy;
        this.canceller = canceller;
        this.times = times;
        this.proofs = proofs;
        this.signing = signing;
    }

    /** The request with that id, as it is stored; {@code NOT_FOUND} if there is none. */
    public ApprovalRequest get(String id) {
        return store.get(RecordMapper.REQUEST, id)
                .map(record -> RecordMapper.read(record, ApprovalRequest.class))
                .orElseThrow(() -> OperationException.notFound("request"));
    }

    /** The request's state now; a stored pending or approved state may have expired. */
    public State state(ApprovalRequest request) {
        return request.stateAt(clock.instant(), times.pending());
    }

    /** How long requests, windows and temporary denies last. */
    public ApprovalTimes times() {
        return times;
    }

    /** How many answers an approval of the request gives; later edits of the device do not change it. */
    public int uses(ApprovalRequest request) {
        return request.uses() == 0
                ? device(request)
                        .map(device -> request.usesOr(device.volumes()))
                        .orElse(1)
                : request.uses();
    }

    /** The identifiers of the members who may vote on the request now. */
    public Set<String> approvers(ApprovalRequest request) {
        return device(request)
                .map(device -> policy.current().approval(device).approvers())
                .orElse(Set.of());
    }

    /**
     * What a member may decide about a request now.
     *
     * @param verdicts those that would be taken without the signature of a passkey; {@link Verdict#DENY} of an approved
     *     request withdraws the approval
     * @param refusal why there are none; empty if there are some
     */
    public record Ballot(Set<Verdict> verdicts, Optional<String> refusal) {
        public Ballot {
            verdicts = Set.copyOf(verdicts);
        }
    }

    /** What the member may decide about the request now; a vote is checked again when it is committed. */
    public Ballot ballot(Member voter, ApprovalRequest request) {
        ApprovalPolicy approval =
                device(request).map(device -> policy.current().approval(device)).orElse(ApprovalPolicy.NONE);
        try {
            refuseOutsider(voter, approval);
            refuseEnded(request);
        } catch (OperationException e) {
            return new Ballot(Set.of(), Optional.of(String.join("; ", e.problems())));
        }
        try {
            refuseDecided(request, approval);
            Set<Verdict> verdicts = EnumSet.allOf(Verdict.class);
            if (approval.demandsProof()) {
                // Taken only with a signature, which a ballot does not have.
                verdicts.remove(Verdict.APPROVE);
            }
            return new Ballot(verdicts, Optional.empty());
        } catch (OperationException e) {
            return new Ballot(Set.of(Verdict.DENY), Optional.empty());
        }
    }

    /**
     * What an approver should know before a decision.
     *
     * @param knownSince since when the device is known to be unlocked from the request's source (IPv6: its /64); sources are
     *     recorded only by a service that notifies, else this is its latest collection by an approval
     * @param isNewSource whether the device was never unlocked from there, as far as sources are recorded
     * @param others the device's other requests of the last hour, oldest first, at most 50
     */
    public record Background(Optional<Instant> knownSince, boolean isNewSource, List<ApprovalRequest> others) {
        public Background {
            others = List.copyOf(others);
        }
    }

    /** What an approver should know before a decision about the request. */
    public Background background(ApprovalRequest request) {
        String hourAgo = IdGenerator.lowest(clock.instant().minus(SHOWN_BACK));
        List<ApprovalRequest> others =
                store
                        .scan(RecordMapper.REQUEST, RecordMapper.deviceTerm(request.deviceId()), hourAgo, MAX_SHOWN)
                        .stream()
                        .flatMap(record -> RecordMapper.readIfReadable(record, ApprovalRequest.class).stream())
                        .filter(other -> !other.id().equals(request.id()))
                        .toList();
        Optional<Instant> recorded = SeenSources.since(store, request.deviceId(), request.source());
        return new Background(recorded.or(request::collectedAt), events.isEnabled() && recorded.isEmpty(), others);
    }

    /** Empty if its record is unreadable. Nobody may vote on such a device, but other requests must still be listed. */
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
     * @param cursor the position after which to continue; null from the oldest
     * @param limit the page size, 1 to 1,000
     */
    public Page<ApprovalRequest> list(@Nullable State state, @Nullable String cursor, int limit) {
        Paging.check(limit);
        String term = state == null ? null : RecordMapper.stateTerm(state);
        PageReader<ApprovalRequest> reader = new PageReader<>();
        String after = cursor;
        while (true) {
            List<PolicyRecord> page = store.scan(RecordMapper.REQUEST, term, after, SCAN);
            for (PolicyRecord next : page) {
                after = next.id();
                Optional<ApprovalRequest> request = reader.read(
                                next, record -> RecordMapper.read(record, ApprovalRequest.class))
                        .filter(one -> state == null || state(one) == state);
                if (request.isPresent() && reader.add(request.get()) == limit) {
                    return reader.page(Optional.of(after));
                }
            }
            if (page.size() < SCAN) {
                return reader.page(Optional.empty());
            }
        }
    }

    /** Whether votes on the device's requests count only if a passkey has signed them. */
    public boolean demandsProof(ApprovalRequest request) {
        return device(request)
                .map(device -> policy.current().approval(device).demandsProof())
                .orElse(true);
    }

    /**
     * The statement that a passkey must sign for {@link #approve(Member, String, String, Collection, PasskeyAssertion)} with
     * the same parameters, within 5 minutes. That the host goes on asking does not change what it is about; a vote does.
     *
     * @param origin the page's, one of the {@link Panocrypt.Builder#relyingParty relying party's}
     */
    public StatementToSign statement(
            Member voter, String id, String comment, Collection<IpAddress> alsoFrom, String origin) {
        checkComment(comment);
        List<ApprovalRequest> requests =
                named(id, alsoFrom).stream().map(this::get).toList();
        Device device = devices.get(requests.get(0).deviceId());
        ApprovalPolicy approval = policy.current().approval(device);
        refuseOutsider(voter, approval);
        requests.forEach(one -> refuseDecided(one, approval));
        return signing.statement(voter, device, requests, comment, origin);
    }

    /**
     * Approves with the signature of a passkey; otherwise as {@link #approve(Member, String, String, Collection)} does.
     *
     * @param signed the voter's passkey over {@link #statement}
     * @throws OperationException {@code INVALID} if the proof is none; {@code STALE} if the request has changed since the
     *     statement was made
     */
    public ApprovalRequest approve(
            Member voter, String id, String comment, Collection<IpAddress> alsoFrom, PasskeyAssertion signed) {
        return vote(voter, named(id, alsoFrom), ANY_VERSION, Verdict.APPROVE, comment, Optional.of(signed));
    }

    private List<String> named(String id, Collection<IpAddress> alsoFrom) {
        ApprovalRequest named = get(id);
        Set<IpAddress> others = new HashSet<>(alsoFrom);
        others.remove(named.source());
        List<String> requestIds = new ArrayList<>(List.of(id));
        if (!others.isEmpty()) {
            openOf(named.deviceId(), others).forEach(further -> requestIds.add(further.id()));
        }
        return requestIds;
    }

    /**
     * The newest requests, newest first; of the last day at most, and at most 5,000 are looked at.
     *
     * @param limit 1 to 1,000
     */
    public List<ApprovalRequest> newest(int limit) {
        Paging.check(limit);
        Deque<ApprovalRequest> newest = new ArrayDeque<>();
        String after = IdGenerator.lowest(clock.instant().minus(NEWEST_BACK));
        for (int i = 0; i < NEWEST_PAGES; i++) {
            List<PolicyRecord> page = store.scan(RecordMapper.REQUEST, null, after, SCAN);
            for (PolicyRecord record : page) {
                RecordMapper.readIfReadable(record, ApprovalRequest.class).ifPresent(newest::addFirst);
                if (newest.size() > limit) {
                    newest.removeLast();
                }
                after = record.id();
            }
            if (page.size() < SCAN) {
                break;
            }
        }
        return List.copyOf(newest);
    }

    /**
     * Approves. The vote that completes every quorum opens the collection window: until it ends, the source may collect as
     * many answers as {@link #uses} says.
     *
     * @param comment at most 1,024 characters
     * @param alsoFrom further sources of the same device, each with an open request, for a dual-stack machine; either all
     *     are approved, in one edit, or none
     * @return the request with that id
     */
    public ApprovalRequest approve(Member voter, String id, String comment, Collection<IpAddress> alsoFrom) {
        return approve(voter, id, ANY_VERSION, comment, alsoFrom);
    }

    /**
     * Approves what the voter saw, as {@link #approve(Member, String, String, Collection)} does. A repeated call with the
     * same version is refused, so it cannot vote twice.
     *
     * @param seen the request's version that the voter saw; {@code STALE} if somebody has voted since
     */
    public ApprovalRequest approve(Member voter, String id, long seen, String comment, Collection<IpAddress> alsoFrom) {
        return vote(voter, named(id, alsoFrom), seen, Verdict.APPROVE, comment, Optional.empty());
    }

    /** Defers: the request stays pending, and this approver is not notified of it for {@link ApprovalTimes#silence}. */
    public ApprovalRequest defer(Member voter, String id, String comment) {
        return defer(voter, id, ANY_VERSION, comment);
    }

    /** Defers what the voter saw; {@code STALE} if somebody has voted since that version. */
    public ApprovalRequest defer(Member voter, String id, long seen, String comment) {
        return vote(voter, List.of(id), seen, Verdict.DEFER, comment, Optional.empty());
    }

    private List<ApprovalRequest> openOf(String deviceId, Set<IpAddress> sources) {
        List<ApprovalRequest> found = canceller.ofDevice(deviceId).stream()
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

    /** @param requestIds requests of one device; the first one is the one that the voter saw, and is returned */
    private ApprovalRequest vote(
            Member voter,
            List<String> requestIds,
            long seen,
            Verdict verdict,
            String comment,
            Optional<PasskeyAssertion> assertion) {
        checkComment(comment);
        return editor.retrying(
                ATTEMPTS, () -> requestIds.stream().map(this::get).toList(), requests -> {
                    Device device = devices.get(requests.get(0).deviceId());
                    PolicyCache.Shared shared = policy.current();
                    ApprovalPolicy approval = shared.approval(device);
                    refuseOutsider(voter, approval);
                    Instant now = clock.instant();
                    refuseChanged(requests.get(0), seen);
                    requests.forEach(before -> refuseDecided(before, approval));
                    Optional<ApprovalSigning.Returned> signed =
                            assertion.map(given -> signing.take(voter, requests, given));
                    Vote vote =
                            new Vote(voter.id(), verdict, now, comment, signed.map(ApprovalSigning.Returned::proof));
                    List<ApprovalRequest> voted = requests.stream()
                            .map(before -> before.with(vote, before.usesOr(device.volumes()))
                                    .withVersion(before.version() + 1))
                            .toList();
                    if (verdict == Verdict.APPROVE) {
                        voted.forEach(one -> refuseUnproven(one, vote, approval));
                    }
                    PolicyEditor.Draft draft = draft(voter, verdict, requests, voted)
                            .requireEpochOf(shared)
                            .require(RecordMapper.DEVICE, device.id(), device.version());
                    signed.ifPresent(proof -> draft.delete(proof.nonce()).put(proof.used(now)));
                    List<ApprovalRequest> after = voted.stream()
                            .map(one -> verdict == Verdict.APPROVE && isSatisfied(one, approval)
                                    ? approve(draft, device, one, Actor.of(voter), now)
                                    : one)
                            .toList();
                    after.forEach(one -> draft.put(RecordMapper.open(one)));
                    return new Edit<>(draft, after.get(0));
                });
    }

    private void refuseDecided(ApprovalRequest request, ApprovalPolicy approval) {
        refuseEnded(request);
        if (state(request) == State.APPROVED && isSatisfied(request, approval)) {
            throw new OperationException(OperationException.Kind.CONFLICT, "the request is approved already");
        }
    }

    private boolean isSatisfied(ApprovalRequest request, ApprovalPolicy approval) {
        return approval.isSatisfiedBy(
                approval.demandsProof() ? proofs.approvals(request, clock.instant()) : request.approvedBy());
    }

    private void refuseUnproven(ApprovalRequest voted, Vote vote, ApprovalPolicy approval) {
        if (vote.proof().isEmpty() && approval.demandsProof()) {
            throw new OperationException(
                    OperationException.Kind.CONFLICT, "an approval of this device must be signed by a passkey");
        }
        if (vote.proof().isPresent()) {
            proofs.problem(voted, vote).ifPresent(problem -> {
                throw new OperationException(OperationException.Kind.INVALID, problem);
            });
        }
    }

    /** Adds the grant of a request whose last quorum is complete. */
    private ApprovalRequest approve(
            PolicyEditor.Draft draft, Device device, ApprovalRequest voted, Actor voter, Instant now) {
        // An earlier approval whose voters no longer suffice is replaced.
        voted.grantId().ifPresent(old -> draft.cancel(new GrantScope.Single(device.id(), old)));
        ApprovalRequest approved = voted.approve(ids.next(), now.plus(times.window()));
        draft.grant(RecordMapper.ofApproval(approved, voted.uses(), now));
        draft.enqueue(events.decided(EventType.REQUEST_APPROVED, device, approved, voter, now));
        return approved;
    }

    /**
     * Denies; any single effective approver may. It ends the request, cancels an approval that has uses left, and refuses
     * the device from that source for {@link ApprovalTimes#temporaryDeny}.
     *
     * @param wholeDevice whether to refuse the device from everywhere and cancel all its open allowances and approvals
     */
    public ApprovalRequest deny(Member voter, String id, String comment, boolean wholeDevice) {
        return deny(voter, id, ANY_VERSION, comment, wholeDevice);
    }

    /**
     * Denies what the voter saw, as {@link #deny(Member, String, String, boolean)} does.
     *
     * @param seen the request's version that the voter saw; {@code STALE} if somebody has voted since
     */
    public ApprovalRequest deny(Member voter, String id, long seen, String comment, boolean wholeDevice) {
        checkComment(comment);
        ApprovalRequest ended = editor.retrying(ATTEMPTS, () -> get(id), before -> {
            Device device = devices.get(before.deviceId());
            PolicyCache.Shared shared = policy.current();
            refuseOutsider(voter, shared.approval(device));
            refuseChanged(before, seen);
            refuseEnded(before);
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
                    .enqueue(events.decided(EventType.REQUEST_DENIED, device, denied, Actor.of(voter), now))
                    .requireEpochOf(shared)
                    .require(RecordMapper.DEVICE, device.id(), device.version())
                    .bumpEpoch();
            TemporaryDenies.ended(store, now, before.deviceId()).forEach(draft::delete);
            if (wholeDevice) {
                draft.cancel(new GrantScope.OfDevice(before.deviceId()));
            } else {
                before.grantId().ifPresent(grant -> draft.cancel(new GrantScope.Single(before.deviceId(), grant)));
            }
            return new Edit<>(draft, denied);
        });
        if (wholeDevice) {
            canceller.end(Actor.of(voter), canceller.ofDevice(ended.deviceId()));
        }
        return ended;
    }

    /** The audit entry shows one request as an object, several as a list. */
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

    private static void refuseChanged(ApprovalRequest request, long seen) {
        if (seen != ANY_VERSION && !request.isUnchangedSince(seen)) {
            throw new OperationException(
                    OperationException.Kind.STALE, "somebody has voted since version " + seen + " of the request");
        }
    }

    private void refuseEnded(ApprovalRequest request) {
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
