package io.panocrypt.policy;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.spi.OutboxEntry;
import io.panocrypt.policy.spi.PolicyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes notices of events: one for each who is to be told by now, at each of their contacts.
 *
 * <p>A notice's id says what is told to whom, and a store takes no id in twice; so events may be expanded again whenever
 * somebody may have become an approver. Thread-safe.
 */
final class Expansion {
    private final PolicyStore store;
    private final Editor editor;
    private final Recipients recipients;
    private final Openings openings;
    private final Duration pendingLife;

    /** @param pendingLife how long a request outlives its last attempt */
    Expansion(Editor editor, Recipients recipients, Openings openings, Duration pendingLife) {
        this.store = editor.store();
        this.editor = editor;
        this.recipients = recipients;
        this.openings = openings;
        this.pendingLife = pendingLife;
    }

    List<OutboxEntry> notices(Occurrence what) {
        return what.types().stream().flatMap(type -> notices(type, what)).toList();
    }

    private Stream<OutboxEntry> notices(EventType type, Occurrence what) {
        if (type == EventType.REQUEST_OPENED && isOneOfMany(what)) {
            Occurrence many = what.withKey(what.deviceId().orElse("") + ":" + AlarmMemory.hour(what.time()))
                    .saying(AlarmMemory.endOfHour(what.time()).toString());
            return addressed(EventType.REQUEST_MANY, many);
        }
        return addressed(type, what);
    }

    private Stream<OutboxEntry> addressed(EventType type, Occurrence what) {
        return recipients.of(type, what).stream().map(recipient -> new Addressed(type, what, recipient).entry());
    }

    private boolean isOneOfMany(Occurrence what) {
        Optional<Device> device = device(what.deviceId().orElse(""));
        Optional<ApprovalRequest> request = store.get(
                        Records.REQUEST, what.requestId().orElse(""))
                .map(found -> Records.read(found, ApprovalRequest.class));
        return device.isPresent()
                && request.isPresent()
                && openings.of(device.get(), request.get()) == Openings.Told.MANY;
    }

    private Optional<Device> device(String id) {
        return store.get(Records.DEVICE, id).flatMap(found -> Records.readIfReadable(found, Device.class));
    }

    /**
     * The notices of every request that waits: new ones are those to whoever has become an approver.
     *
     * <p>As notices and not as events again, since these would need ids of their own.
     */
    List<OutboxEntry> noticesOfAllThatWait() {
        return PolicyCache.scanAll(store, Records.REQUEST, Records.OPEN).stream()
                .flatMap(found -> Records.readIfReadable(found, ApprovalRequest.class).stream())
                .filter(request -> request.stateAt(editor.now(), pendingLife) == State.PENDING)
                .flatMap(request -> device(request.deviceId()).stream()
                        .map(device -> Occurrence.of(request.id(), EventType.REQUEST_OPENED, request.since())
                                .about(device)
                                .about(request)))
                .flatMap(what -> notices(EventType.REQUEST_OPENED, what))
                .toList();
    }
}
