package io.panocrypt.policy.internal.edit;

import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Ends requests whose approvals an edit has cancelled, so that earlier votes never count later. Thread-safe.
 *
 * <p>Each request is ended by an edit of its own, after the main one: a host that keeps asking changes its request all the
 * time, and must not block a disable or a lockdown.
 */
public final class RequestCanceller {
    private final Store store;
    private final InstantSource clock;
    private final PolicyEditor editor;
    private final OutboxEntries events;
    private final Duration pendingLife;

    /** @param pendingLife how long a request lives after its last attempt */
    public RequestCanceller(
            Store store, InstantSource clock, PolicyEditor editor, OutboxEntries events, Duration pendingLife) {
        this.store = store;
        this.clock = clock;
        this.editor = editor;
        this.events = events;
        this.pendingLife = pendingLife;
    }

    /** The requests that decisions about the device read. */
    public List<ApprovalRequest> ofDevice(String deviceId) {
        return found(deviceId);
    }

    /** The requests that decisions about any device read. */
    public List<ApprovalRequest> ofAll() {
        return found(RecordMapper.OPEN);
    }

    private List<ApprovalRequest> found(String term) {
        return PolicyCache.scanAll(store, RecordMapper.REQUEST, term).stream()
                .flatMap(record -> RecordMapper.readIfReadable(record, ApprovalRequest.class).stream())
                .toList();
    }

    /**
     * Ends the requests that are pending or may be collected; others stay unchanged. If the actor's authority ends
     * meanwhile, the service completes the rest, since the main edit is committed.
     */
    public void end(Actor actor, List<ApprovalRequest> requests) {
        requests.stream().filter(ApprovalRequest::holdsPlace).forEach(request -> end(actor, request.id()));
    }

    private void end(Actor actor, String id) {
        try {
            endBy(actor, id);
        } catch (OperationException e) {
            if (!e.endsAuthority()) {
                throw e;
            }
            endBy(Actor.SERVICE, id);
        }
    }

    private void endBy(Actor actor, String id) {
        editor.retrying(
                () -> store.get(RecordMapper.REQUEST, id)
                        .map(record -> RecordMapper.read(record, ApprovalRequest.class)),
                (Optional<ApprovalRequest> found) -> {
                    PolicyEditor.Draft draft =
                            editor.draft(actor, "request.withdraw", RecordMapper.REQUEST, id, found.orElse(null), null);
                    found.filter(ApprovalRequest::holdsPlace).ifPresent(request -> {
                        ApprovalRequest ended =
                                request.withState(outcome(request)).withVersion(request.version() + 1);
                        draft.put(RecordMapper.ended(ended));
                        if (ended.state() == State.DENIED) {
                            store.get(RecordMapper.DEVICE, request.deviceId())
                                    .map(device -> RecordMapper.read(device, Device.class))
                                    .ifPresent(device -> draft.enqueue(events.decided(
                                            EventType.REQUEST_WITHDRAWN, device, ended, actor, clock.instant())));
                        }
                        request.grantId()
                                .ifPresent(grant -> draft.cancel(new GrantScope.Single(request.deviceId(), grant)));
                    });
                    return new Edit<>(draft, found);
                });
    }

    /** A request that has expired stays expired. */
    private State outcome(ApprovalRequest request) {
        return request.stateAt(clock.instant(), pendingLife) == State.EXPIRED ? State.EXPIRED : State.DENIED;
    }
}
