package io.panocrypt.policy.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The model's decision about one attempt, and what it spends. */
abstract class Gates extends Premises {
    private static final List<String> GATES =
            List.of("key", "lockdown", "temporary-deny", "state", "source", "rule", "approval");

    /** The result of one walk through the gates, with one allowance or none. */
    record Walk(int reached, String reason, List<String> results, Optional<Allowance> allowance) {
        boolean passes() {
            return reached == GATES.size();
        }
    }

    Gates(long now) {
        super(now);
    }

    String failure(String gate, Device device, String source, boolean keyKnown) {
        return switch (gate) {
            case "key" -> device.state.equals("REVOKED") ? "REVOKED" : keyKnown ? "" : "UNKNOWN_KEY";
            case "lockdown" -> lockdowns.stream().anyMatch(device.tags::containsAll) ? "LOCKDOWN" : "";
            case "temporary-deny" ->
                device.denies.stream().anyMatch(deny -> refuses(deny, source)) ? "TEMPORARY_DENY" : "";
            case "state" ->
                switch (device.state) {
                    case "PENDING" -> "PENDING_CONFIRMATION";
                    case "DISABLED" -> "DISABLED";
                    default -> "";
                };
            case "source" -> admits(device, source) ? "" : "SOURCE_NOT_ALLOWED";
            case "rule" ->
                switch (device.rule) {
                    case "deny" -> "RULE";
                    case "fail" -> "RULE_FAILED";
                    default -> "";
                };
            default -> throw new IllegalArgumentException(gate);
        };
    }

    /** An unknown source may be the denied one. */
    boolean refuses(Deny deny, String source) {
        return deny.source().isEmpty() || source.isEmpty() || deny.source().equals(source);
    }

    boolean admits(Device device, String source) {
        return Stream.concat(device.blocks.stream(), device.lists.stream().flatMap(list -> lists.get(list).stream()))
                .anyMatch(block -> Blocks.contains(block, source));
    }

    /** A rule asks like a group that covers the device, unless the allowance skips rules. */
    boolean needsApproval(Device device, Optional<Allowance> allowance) {
        return needsApproval(device) || asks(device) && !isSkipped("rule", allowance, device);
    }

    boolean asks(Device device) {
        return device.rule.equals("ask");
    }

    private boolean isSkipped(String gate, Optional<Allowance> allowance, Device device) {
        return allowance.isPresent() && skips(allowance.get(), gate, device);
    }

    private String approvalFailure(Device device, String source, Optional<Allowance> allowance) {
        if (!needsApproval(device, allowance)) {
            return "";
        }
        if (!suffice(effective(device), device)) {
            return "NO_APPROVER";
        }
        return collectable(device, source).isPresent() ? "" : "APPROVAL_PENDING";
    }

    Optional<Request> collectable(Device device, String source) {
        return device.requests.stream()
                .filter(request -> request.source.equals(source))
                .filter(request -> request.state.equals("APPROVED") && request.left > 0)
                .filter(request -> suffice(request.approvedBy(), device))
                .findFirst();
    }

    boolean skips(Allowance allowance, String gate, Device device) {
        if (gate.equals("state")) {
            return device.state.equals("DISABLED") && allowance.skips.contains("disabled");
        }
        return allowance.skips.contains(gate);
    }

    private Walk walk(Device device, String source, boolean keyKnown, Optional<Allowance> allowance) {
        List<String> results = new ArrayList<>();
        for (String gate : GATES) {
            String reason = gate.equals("approval")
                    ? approvalFailure(device, source, allowance)
                    : failure(gate, device, source, keyKnown);
            boolean skipped = isSkipped(gate, allowance, device);
            if (!reason.isEmpty() && !skipped) {
                int reached = results.size();
                results.add("FAIL");
                while (results.size() < GATES.size()) {
                    results.add("NOT_REACHED");
                }
                return new Walk(reached, reason, results, allowance);
            }
            boolean skippedAsk = gate.equals("rule") && skipped && asks(device);
            results.add(reason.isEmpty() && !skippedAsk ? "PASS" : "SKIPPED");
        }
        return new Walk(GATES.size(), "", results, allowance);
    }

    boolean fits(Allowance allowance, String source) {
        return allowance.left > 0
                && (allowance.source.isEmpty()
                        || allowance.source.equals("any")
                        || Blocks.contains(allowance.source, source));
    }

    /** Earliest expiry first, then the oldest. */
    Comparator<Allowance> order() {
        return Comparator.comparingLong(allowance -> allowance.expires);
    }

    /** The next answer spends an allowance, whether or not it changed the outcome. */
    boolean isSpentWithoutNeed() {
        return true;
    }

    /** Tries no allowance and each fitting one; the walk that gets furthest decides. */
    private Walk decide(Device device, String source, boolean keyKnown) {
        Walk best = walk(device, source, keyKnown, Optional.empty());
        if (best.passes() && !isSpentWithoutNeed()) {
            return best;
        }
        List<Allowance> fitting = device.allowances.stream()
                .filter(allowance -> fits(allowance, source))
                .sorted(order())
                .toList();
        boolean spends = false;
        for (Allowance allowance : fitting) {
            Walk walk = walk(device, source, keyKnown, Optional.of(allowance));
            if (walk.passes() && !spends) {
                best = walk;
                spends = true;
            } else if (walk.reached() > best.reached()) {
                best = walk;
            }
        }
        return best;
    }

    // ---- an attempt

    /** An attempt with the device's own key. */
    final String attempt(Device device, String source) {
        boolean keyKnown = !device.state.equals("REVOKED");
        Walk walk = decide(device, source, keyKnown);
        String gates = String.join(" ", walk.results());
        if (!walk.passes()) {
            return refusal(walk, device, source) + " " + gates;
        }
        boolean skipsApproval = isSkipped("approval", walk.allowance(), device);
        Optional<Request> collected = needsApproval(device, walk.allowance()) && !skipsApproval
                ? collectable(device, source)
                : Optional.empty();
        String reason = collected.isPresent() ? "APPROVED" : walk.allowance().isPresent() ? "ALLOWED_ONCE" : "ALLOWED";
        List<String> spent = new ArrayList<>();
        walk.allowance().ifPresent(allowance -> {
            spent.add(allowance.label);
            spend(device, allowance);
        });
        collected.ifPresent(request -> {
            spent.add("approval of " + request.source);
            collect(device, request);
        });
        return "ALLOWED " + reason + " " + gates + " answered, spent " + spent;
    }

    void spend(Device device, Allowance allowance) {
        allowance.left--;
        device.allowances.removeIf(open -> open.left == 0);
    }

    void collect(Device device, Request request) {
        request.left--;
        request.collected++;
        request.state = request.left == 0 ? "COLLECTED" : request.state;
        device.lastCollector = request.source;
        device.lastCollection = now;
    }

    private String refusal(Walk walk, Device device, String source) {
        String reason = walk.reason();
        if (reason.equals("APPROVAL_PENDING") && source.isEmpty()) {
            // No request can be opened for an unknown source.
            reason = "SOURCE_NOT_ALLOWED";
        }
        if (reason.equals("APPROVAL_PENDING")) {
            await(device, source);
        }
        return (reason.equals("APPROVAL_PENDING") ? "PENDING " : "DENIED ") + reason;
    }

    /** Refreshes the open request of this source, or opens one if a place is free. */
    private void await(Device device, String source) {
        List<Request> open = device.requests.stream().filter(Request::isOpen).toList();
        for (Request request : open) {
            if (request.source.equals(source)) {
                request.lastAttempt = now;
                return;
            }
        }
        boolean neighbour = open.stream().anyMatch(request -> isNeighbour(request.source, source));
        if (!neighbour && holders(open, "anybody") < places()) {
            open(device, source, "anybody");
        } else if (isRegistered(device, source) && holders(open, "registered") == 0) {
            open(device, source, "registered");
        } else if (isLastCollector(device, source) && holders(open, "last collector") == 0) {
            open(device, source, "last collector");
        }
    }

    int places() {
        return PLACES;
    }

    boolean isNeighbour(String one, String other) {
        return Blocks.sameSite(one, other);
    }

    boolean isRegistered(Device device, String source) {
        return source.equals(device.registered);
    }

    boolean isLastCollector(Device device, String source) {
        return source.equals(device.lastCollector);
    }

    private static long holders(List<Request> open, String place) {
        return open.stream().filter(request -> request.place.equals(place)).count();
    }

    private void open(Device device, String source, String place) {
        device.requests.add(new Request(source, place, isAskedAgain(device), device.volumes, now));
    }

    boolean isAskedAgain(Device device) {
        return now < device.lastCollection + ASKED_AGAIN;
    }
}
