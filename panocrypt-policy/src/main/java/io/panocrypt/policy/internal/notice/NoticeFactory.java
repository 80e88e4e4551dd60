package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** Writes the text of notices: one line that says what happened, and a link. Thread-safe. */
public final class NoticeFactory {
    private final Store store;
    private final InstantSource clock;
    private final URI linkBase;
    private final Duration pendingLife;

    /**
     * @param linkBase the base of links, before {@code /console/}
     * @param pendingLife how long an approval request lives after its last attempt
     */
    public NoticeFactory(Store store, InstantSource clock, URI linkBase, Duration pendingLife) {
        this.store = store;
        this.clock = clock;
        this.linkBase = linkBase;
        this.pendingLife = pendingLife;
    }

    public Notice notice(Notification notification) {
        DomainEvent event = notification.occurrence();
        return new Notice(
                notification.recipient().noticeId(notification.type(), event.key()),
                notification.type().wireName(),
                event.time(),
                event.deviceId(),
                event.deviceName(),
                event.source(),
                event.since(),
                text(notification.type(), event),
                Optional.of(link(notification.type(), event)));
    }

    private String text(EventType type, DomainEvent event) {
        String device = event.deviceName().orElse("a device");
        String from = " from " + event.source().orElse("an unknown address");
        return switch (type) {
            case REQUEST_OPENED -> opened(device, from, event);
            case REQUEST_MANY ->
                device + " asks for approval again and again; further requests before " + event.detail()
                        + " are not notified one by one";
            case REQUEST_APPROVED -> device + " may unlock" + from + ": approved by " + actor(event);
            case REQUEST_DENIED -> device + " was refused" + from + ": denied by " + actor(event);
            case REQUEST_WITHDRAWN -> device + " no longer waits" + from + ": an operator's act has ended its request";
            case REQUEST_COLLECTED -> device + " was unlocked" + from + " by an approval";
            case APPROVAL_REMOVED -> "approval is no longer needed for " + event.detail();
            case DEVICE_NO_APPROVER -> device + " needs approval" + from + ", and nobody can give it";
            case DEVICE_REFUSED_DISABLED -> device + " is disabled, and somebody tried to unlock it" + from;
            case DEVICE_REFUSED_REVOKED -> device + " is revoked, and somebody tried to unlock it" + from;
            case DEVICE_FIRST_SOURCE -> device + " was unlocked for the first time" + from;
            case GRANT_SPENT ->
                device + " was unlocked" + from + " by "
                        + (event.requestId().isPresent() ? "an approval" : "an allowance");
            case OUTBOX_DEAD_LETTER -> "a notice could not be delivered to " + event.detail();
            case HEALTH_FORWARDING_HEADER ->
                event.source().orElse("a peer") + " sends forwarding headers and is no trusted proxy";
            case NOTICE_TEST -> "this is a test: notices reach you here";
        };
    }

    private String actor(DomainEvent event) {
        return event.actor()
                .map(id -> store.get(RecordMapper.MEMBER, id)
                        .map(record -> RecordMapper.read(record, Member.class).name())
                        .orElse(id))
                .orElse("somebody");
    }

    /** A delivery may come late, when the request is no longer pending. */
    private String opened(String device, String from, DomainEvent event) {
        Optional<ApprovalRequest> request = event.requestId()
                .flatMap(id -> store.get(RecordMapper.REQUEST, id))
                .map(record -> RecordMapper.read(record, ApprovalRequest.class));
        return request.map(found -> found.stateAt(clock.instant(), pendingLife))
                .filter(state -> state != State.PENDING)
                .map(state -> device + " asked for approval" + from + "; by now the request is "
                        + state.name().toLowerCase(Locale.ROOT))
                .orElse(device + " waits for approval" + uses(request) + from + shortId(request) + also(event));
    }

    /** A single use is expected and not mentioned. */
    private static String uses(Optional<ApprovalRequest> request) {
        int uses = request.map(ApprovalRequest::uses).orElse(0);
        return uses > 1 ? " of " + uses + " answers" : "";
    }

    /** The short form that the command line accepts, easy to type from a phone. */
    private static String shortId(Optional<ApprovalRequest> request) {
        return request.map(found -> "; request " + found.shortId()).orElse("");
    }

    private static String also(DomainEvent event) {
        return event.detail().isEmpty() ? "" : "; " + event.detail();
    }

    private URI link(EventType type, DomainEvent event) {
        String page = switch (type) {
            case REQUEST_OPENED, REQUEST_APPROVED, REQUEST_DENIED, REQUEST_WITHDRAWN, REQUEST_COLLECTED ->
                "requests/" + event.requestId().orElse("");
            case REQUEST_MANY -> "requests";
            case OUTBOX_DEAD_LETTER -> "outbox";
            case HEALTH_FORWARDING_HEADER, NOTICE_TEST -> "";
            default -> event.deviceId().map(id -> "devices/" + id).orElse("devices");
        };
        return URI.create(linkBase + "/console/" + page);
    }
}
