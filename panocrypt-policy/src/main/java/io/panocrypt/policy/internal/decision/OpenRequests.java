package io.panocrypt.policy.internal.decision;

import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.Place;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A device's approval requests from the point of view of one attempt. */
final class OpenRequests {
    /** How often a request is refreshed during the time that it outlives its last attempt: each 30 s of 10 min. */
    private static final int REFRESHES = 20;
    /** After a collection, an attempt within this time may come from another host. */
    private static final Duration ASKED_AGAIN = Duration.ofMinutes(10);

    private final PolicyView view;
    private final Attempt attempt;
    private final Instant now;

    OpenRequests(PolicyView view, Attempt attempt, Instant now) {
        this.view = view;
        this.attempt = attempt;
        this.now = now;
    }

    /** The approval that this attempt may collect: of its source, with uses left, by voters who still suffice. */
    Optional<Decision.Collection> collectable() {
        return view.requests().stream()
                .filter(candidate -> isFromThisSource(candidate.request()))
                .filter(candidate -> state(candidate.request()) == State.APPROVED && candidate.usesLeft() > 0)
                .filter(candidate -> view.approval().isSatisfiedBy(candidate.approvals()))
                .map(candidate -> new Decision.Collection(candidate.request(), candidate.usesLeft() == 1))
                .findFirst();
    }

    /** Refreshes the source's open request, or opens one if there is a slot. */
    Decision.RequestEffect effectOfWaiting() {
        List<ApprovalRequest> open = view.requests().stream()
                .filter(this::isOpen)
                .map(PolicyView.Request::request)
                .toList();
        Optional<ApprovalRequest> here =
                open.stream().filter(this::isFromThisSource).findFirst();
        if (here.isPresent()) {
            return isFresh(here.get())
                    ? new Decision.RequestEffect.Wait(here.get())
                    : new Decision.RequestEffect.Refresh(here.get());
        }
        return place(open).map(place -> opened(place, open)).orElseGet(Decision.RequestEffect.None::new);
    }

    private Decision.RequestEffect opened(Place place, List<ApprovalRequest> open) {
        List<ApprovalRequest> all =
                view.requests().stream().map(PolicyView.Request::request).toList();
        Map<Boolean, List<ApprovalRequest>> ended = all.stream()
                .filter(request -> !open.contains(request))
                .collect(Collectors.partitioningBy(request ->
                        !isFromThisSource(request) && (wasCollectedRecently(request) || isLastCollected(request))));
        List<ApprovalRequest> replaceable = Objects.requireNonNull(ended.get(false));
        List<ApprovalRequest> kept = Objects.requireNonNull(ended.get(true));
        return new Decision.RequestEffect.Open(
                place,
                all.stream().anyMatch(this::wasCollectedRecently),
                replaceable.stream()
                        .filter(this::isFromThisSource)
                        .flatMap(request -> request.collectedAt().stream())
                        .findFirst(),
                replaceable,
                kept.stream().filter(ApprovalRequest::holdsPlace).toList());
    }

    /** Whether a request is pending or has uses left; an approval whose grant was cancelled is ended. */
    private boolean isOpen(PolicyView.Request candidate) {
        return state(candidate.request()) == State.PENDING
                || state(candidate.request()) == State.APPROVED && candidate.usesLeft() > 0;
    }

    /**
     * The slot for a request of this source: a general one, unless all are taken or another address of its /64 already
     * waits; otherwise the reserved one for this source, whatever its neighbours do.
     */
    private Optional<Place> place(List<ApprovalRequest> open) {
        IpAddress source = attempt.source().orElseThrow();
        boolean crowded =
                open.stream().anyMatch(request -> request.source().site().equals(source.site()));
        Set<Place> taken = open.stream().map(ApprovalRequest::place).collect(Collectors.toSet());
        return Stream.of(Place.values())
                .filter(place -> !taken.contains(place))
                .filter(place -> switch (place) {
                    case REGISTERED -> isRegistered(source);
                    case LAST_COLLECTOR -> isLastCollector(source);
                    default -> !crowded;
                })
                .findFirst();
    }

    private boolean isRegistered(IpAddress source) {
        return view.device().sources().stream()
                .filter(SourceRule::registered)
                .map(SourceRule::cidr)
                .anyMatch((Cidr block) -> block.contains(source));
    }

    private boolean isLastCollector(IpAddress source) {
        return view.requests().stream()
                .map(PolicyView.Request::request)
                .anyMatch(request -> request.source().equals(source) && isLastCollected(request));
    }

    private boolean isLastCollected(ApprovalRequest request) {
        return view.requests().stream()
                .map(PolicyView.Request::request)
                .filter(candidate -> candidate.collectedAt().isPresent())
                .max(Comparator.comparing(candidate -> candidate.collectedAt().orElseThrow()))
                .filter(request::equals)
                .isPresent();
    }

    /** Limits writes for a host that asks twice a second. */
    private boolean isFresh(ApprovalRequest request) {
        return now.isBefore(request.lastSeen().plus(view.pendingLife().dividedBy(REFRESHES)));
    }

    private boolean wasCollectedRecently(ApprovalRequest request) {
        return request.collectedAt()
                .filter(when -> now.isBefore(when.plus(ASKED_AGAIN)))
                .isPresent();
    }

    private boolean isFromThisSource(ApprovalRequest request) {
        return attempt.source().filter(request.source()::equals).isPresent();
    }

    private State state(ApprovalRequest request) {
        return request.stateAt(now, view.pendingLife());
    }
}
