package io.panocrypt.console.internal.act;

import io.panocrypt.console.internal.page.RequestView;
import io.panocrypt.console.internal.page.RequestView.GateView;
import io.panocrypt.console.internal.page.RequestView.VoteView;
import io.panocrypt.console.internal.page.RequestView.Warning;
import io.panocrypt.policy.Approvals;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.ApprovalRequest.Vote;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceApproval;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Collects what pages show of approval requests, for one page: each name is read once. Not thread-safe. */
final class RequestViews {
    private final Panocrypt panocrypt;
    private final Approvals approvals;
    private final Member member;
    private final Function<Device, DeviceApproval> policy;
    private final Map<String, String> names = new HashMap<>();

    RequestViews(Panocrypt panocrypt, Member member) {
        this.panocrypt = panocrypt;
        this.approvals = panocrypt.approvals();
        this.member = member;
        this.policy = panocrypt.devices().approvals();
    }

    /** What a list shows. */
    RequestView card(ApprovalRequest request) {
        return view(request, Optional.empty());
    }

    /** What the page of the request shows. */
    RequestView full(ApprovalRequest request) {
        return view(request, Optional.of(approvals.background(request)));
    }

    private RequestView view(ApprovalRequest request, Optional<Approvals.Background> background) {
        Optional<Device> device = readable(() -> panocrypt.devices().get(request.deviceId()));
        Optional<DeviceApproval> needed = device.map(policy);
        Set<String> effective = Set.copyOf(needed.stream()
                .flatMap(found -> found.approvers().stream())
                .map(DeviceApproval.Named::id)
                .toList());
        Approvals.Ballot ballot = approvals.ballot(member, request);
        List<ApprovalRequest> waiting = background.stream()
                .flatMap(found -> found.others().stream())
                .filter(other -> approvals.state(other) == State.PENDING)
                .toList();
        return new RequestView(
                request,
                approvals.state(request),
                device.map(Device::name),
                device.map(found -> List.copyOf(found.tags())).orElse(List.of()),
                background.isPresent() ? device.flatMap(found -> origin(found, request.source())) : Optional.empty(),
                background.flatMap(Approvals.Background::knownSince),
                background.isPresent()
                        ? device.map(found -> gates(found, request)).orElse(List.of())
                        : List.of(),
                approvals.uses(request),
                (int) request.approvedBy().stream().filter(effective::contains).count(),
                Math.max(1, needed.map(DeviceApproval::quorum).orElse(1)),
                names(needed, Set.of()),
                names(needed, request.approvedBy()),
                votes(request),
                request.voteOf(member.id()).map(Vote::verdict),
                ballot.verdicts(),
                ballot.refusal(),
                background.map(found -> warnings(request, found, waiting)).orElse(List.of()),
                waiting,
                approvals.times().temporaryDeny(),
                approvals.times().window());
    }

    private static List<String> names(Optional<DeviceApproval> needed, Set<String> without) {
        return needed.stream()
                .flatMap(found -> found.approvers().stream())
                .filter(approver -> !without.contains(approver.id()))
                .map(DeviceApproval.Named::name)
                .sorted()
                .toList();
    }

    private static <T> Optional<T> readable(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (UnreadableRecordException e) {
            return Optional.empty();
        } catch (OperationException e) {
            if (e.kind() == OperationException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<VoteView> votes(ApprovalRequest request) {
        List<VoteView> votes = new ArrayList<>();
        request.votes()
                .forEach(vote ->
                        votes.add(new VoteView(name(vote.memberId()), vote.verdict(), vote.time(), vote.comment())));
        Collections.reverse(votes);
        return votes;
    }

    private String name(String memberId) {
        return names.computeIfAbsent(
                memberId,
                id -> readable(() -> panocrypt.members().get(id))
                        .map(Member::name)
                        .orElse(id));
    }

    /** The network access list that admits the source, or the block of the device's own. */
    private Optional<String> origin(Device device, IpAddress source) {
        Stream<String> lists = device.networkAccessLists().stream()
                .flatMap(id -> readable(() -> panocrypt.networkAccessLists().get(id)).stream())
                .filter(list -> list.cidrs().stream().anyMatch(cidr -> cidr.contains(source)))
                .map(NetworkAccessList::name);
        Stream<String> own = device.sources().stream()
                .map(rule -> rule.cidr())
                .filter(cidr -> cidr.contains(source))
                .map(Object::toString);
        return Stream.concat(lists, own).findFirst();
    }

    private List<GateView> gates(Device device, ApprovalRequest request) {
        List<GateView> gates = new ArrayList<>();
        panocrypt
                .dryRun(device.id(), request.source())
                .gates()
                .forEach((gate, result) ->
                        gates.add(new GateView(gate.wireName(), result.wireName(), result == GateResult.FAIL)));
        return gates;
    }

    private List<Warning> warnings(
            ApprovalRequest request, Approvals.Background background, List<ApprovalRequest> waiting) {
        if (approvals.state(request) != State.PENDING) {
            return List.of();
        }
        List<Warning> warnings = new ArrayList<>();
        if (request.askedAgain()) {
            warnings.add(Warning.ASKED_AGAIN);
        }
        if (background.isNewSource()) {
            warnings.add(Warning.NEW_SOURCE);
        }
        if (background.others().stream().anyMatch(other -> approvals.state(other) == State.DENIED)) {
            warnings.add(Warning.DENIED_BEFORE);
        }
        if (!waiting.isEmpty()) {
            warnings.add(Warning.TWO_SOURCES);
        }
        return warnings;
    }
}
