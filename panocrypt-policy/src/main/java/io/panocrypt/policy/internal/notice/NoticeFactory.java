package io.panocrypt.policy.internal.notice;

import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** Puts notices into words: what happened, on one line, and a link to where it can be looked at. Thread-safe. */
public final class NoticeFactory {
    private final PolicyStore store;
    private final InstantSource clock;
    private final URI linkBase;
    private final Duration pendingLife;

    /**
     * @param linkBase what stands before {@code /console/}
     * @param pendingLife how long a request outlives its last attempt
     */
    public NoticeFactory(PolicyStore store, InstantSource clock, URI linkBase, Duration pendingLife) {
        this.store = store;
        this.clock = clock;
        this.linkBase = linkBase;
        this.pendingLife = pendingLife;
    }

    public Notice notice(Notification addressed) {
        DomainEvent what = addressed.occurrence();
        return new Notice(
                addressed.recipient().noticeId(addressed.type(), what.key()),
                addressed.type().wireName(),
                what.time(),
                what.deviceId(),
                what.deviceName(),
                what.source(),
                what.since(),
                text(addressed.type(), what),
                Optional.of(link(addressed.type(), what)));
    }

    private String text(EventType type, DomainEvent what) {
        String device = what.deviceName().orElse("a device");
        String from = " from " + what.source().orElse("an address that cannot be told");
        return switch (type) {
            case REQUEST_OPENED -> opened(device, from, what);
            case REQUEST_MANY ->
                device + " asks for approval again and again; further requests before " + what.detail()
                        + " are not told one by one";
            case REQUEST_APPROVED -> device + " may unlock" + from + ": approved by " + actor(what);
            case REQUEST_DENIED -> device + " was refused" + from + ": denied by " + actor(what);
            case REQUEST_WITHDRAWN -> device + " no longer waits" + from + ": an operator's act has ended its request";
            case REQUEST_COLLECTED -> device + " was unlocked" + from + " by your approval";
            case APPROVAL_REMOVED -> "approval is no longer needed for " + what.detail();
            case DEVICE_NO_APPROVER -> device + " needs approval" + from + ", and nobody can give it";
            case DEVICE_REFUSED_DISABLED -> device + " is disabled, and somebody tried to unlock it" + from;
            case DEVICE_REFUSED_REVOKED -> device + " is revoked, and somebody tried to unlock it" + from;
            case DEVICE_FIRST_SOURCE -> device + " was unlocked for the first time" + from;
            case GRANT_SPENT ->
                device + " was unlocked" + from + " by "
                        + (what.requestId().isPresent() ? "an approval" : "an allowance");
            case OUTBOX_DEAD_LETTER -> "a notice could not be delivered to " + what.detail();
            case HEALTH_FORWARDING_HEADER ->
                what.source().orElse("a peer") + " sends forwarding headers and is no trusted proxy";
            case NOTICE_TEST -> "this is a test: notices reach you here";
        };
    }

    private String actor(DomainEvent what) {
        return what.actor()
                .map(id -> store.get(RecordMapper.MEMBER, id)
                        .map(found -> RecordMapper.read(found, Member.class).name())
                        .orElse(id))
                .orElse("somebody");
    }

    /** A channel may have been out of reach for a while, so that the request waits no longer. */
    private String opened(String device, String from, DomainEvent what) {
        Optional<ApprovalRequest> request = what.requestId()
                .flatMap(id -> store.get(RecordMapper.REQUEST, id))
                .map(found -> RecordMapper.read(found, ApprovalRequest.class));
        return request.map(found -> found.stateAt(clock.instant(), pendingLife))
                .filter(state -> state != State.PENDING)
                .map(state -> device + " asked for approval" + from + "; by now the request is "
                        + state.name().toLowerCase(Locale.ROOT))
                .orElse(device + " waits for approval" + uses(request) + from + shortId(request) + also(what));
    }

    /** One is what everybody expects. */
    private static String uses(Optional<ApprovalRequest> request) {
        int uses = request.map(ApprovalRequest::uses).orElse(0);
        return uses > 1 ? " of " + uses + " answers" : "";
    }

    /** What the command line takes, so that it can be typed from a telephone. */
    private static String shortId(Optional<ApprovalRequest> request) {
        return request.map(found -> "; request " + found.shortId()).orElse("");
    }

    private static String also(DomainEvent what) {
        return what.detail().isEmpty() ? "" : "; " + what.detail();
    }

    private URI link(EventType type, DomainEvent what) {
        String page = switch (type) {
            case REQUEST_OPENED, REQUEST_APPROVED, REQUEST_DENIED, REQUEST_WITHDRAWN, REQUEST_COLLECTED ->
                "requests/" + what.requestId().orElse("");
            case REQUEST_MANY -> "requests";
            case OUTBOX_DEAD_LETTER -> "outbox";
            case HEALTH_FORWARDING_HEADER, NOTICE_TEST -> "";
            default -> what.deviceId().map(id -> "devices/" + id).orElse("devices");
        };
        return URI.create(linkBase + "/console/" + page);
    }
}
