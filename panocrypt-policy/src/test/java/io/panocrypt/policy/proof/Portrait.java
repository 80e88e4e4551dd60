package io.panocrypt.policy.proof;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.net.IpAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All visible state of a service's devices, in the model's words. */
record Portrait(Panocrypt service, Instant now, Map<String, String> labels) {
    private static final int MAX_REQUESTS = 1000;

    static List<ApprovalRequest> requests(Panocrypt service) {
        return service.approvals().list(null, null, MAX_REQUESTS).items();
    }

    static boolean isOpen(State state) {
        return state == State.PENDING || state == State.APPROVED;
    }

    /** @param devices identifiers by name */
    String of(Map<String, String> devices) {
        Map<String, List<ApprovalRequest>> requests =
                requests(service).stream().collect(Collectors.groupingBy(ApprovalRequest::deviceId));
        return devices.entrySet().stream()
                .map(entry -> entry.getKey() + " "
                        + device(entry.getValue(), requests.getOrDefault(entry.getValue(), List.of())))
                .collect(Collectors.joining("\n"));
    }

    private String device(String id, List<ApprovalRequest> requests) {
        List<String> allowances = service.allowances().open(id).stream()
                .map(allowance -> labels.get(allowance.id()) + " left " + allowance.usesLeft())
                .toList();
        List<String> denies = service.temporaryDenies().of(id).stream()
                .filter(deny -> now.isBefore(deny.until()))
                .map(Portrait::deny)
                .sorted()
                .toList();
        return service.devices().get(id).state() + " " + allowances + " " + denies + " "
                + requests.stream().map(this::request).toList();
    }

    private static String deny(TemporaryDeny deny) {
        return deny.source().map(IpAddress::toString).orElse("") + " until "
                + deny.until().toEpochMilli();
    }

    private String request(ApprovalRequest request) {
        Map<String, String> votes = new TreeMap<>();
        request.votes()
                .forEach(vote ->
                        votes.put(labels.get(vote.memberId()), vote.verdict().name()));
        State state = service.approvals().state(request);
        String end = state == State.APPROVED
                ? " until " + request.windowEnd().orElseThrow().toEpochMilli()
                : "";
        String approvers = isOpen(state) ? " by " + named(service.approvals().approvers(request)) : "";
        return request.source() + " " + state + " " + votes + " collected " + request.collected()
                + (request.askedAgain() ? " again" : "") + end + approvers;
    }

    private List<String> named(Collection<String> identifiers) {
        return identifiers.stream().map(labels::get).sorted().toList();
    }
}
