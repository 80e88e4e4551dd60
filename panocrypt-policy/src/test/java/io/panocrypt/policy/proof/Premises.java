package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The state of the model's site, how time changes it, and who may decide about a device. */
abstract class Premises {
    private static final long MINUTE = 60_000;

    /** How long a request outlives its last attempt. */
    static final long PENDING_LIFE = 10 * MINUTE;

    static final long WINDOW = 5 * MINUTE;
    static final long DENIAL = 15 * MINUTE;
    static final long ASKED_AGAIN = 10 * MINUTE;
    static final int PLACES = 4;

    static final class Device {
        String state = "ACTIVE";
        /** What the rule answers: {@code ask}, {@code deny}, {@code fail}, or empty. */
        String rule = "";

        int volumes = 1;
        Set<String> tags = Set.of();
        List<String> blocks = List.of();
        String registered = "";
        Set<String> lists = Set.of();
        boolean requireApproval;
        List<Deny> denies = new ArrayList<>();
        List<Allowance> allowances = new ArrayList<>();
        final List<Request> requests = new ArrayList<>();
        String lastCollector = "";
        long lastCollection = Long.MIN_VALUE / 2;
    }

    /** @param source empty for the whole device */
    record Deny(String source, long until) {}

    /** A granted number of answers. */
    static final class Allowance {
        final String label;
        final String source;
        final Set<String> skips;
        final long expires;
        int left;

        Allowance(String label, String source, Set<String> skips, long expires, int left) {
            this.label = label;
            this.source = source;
            this.skips = skips;
            this.expires = expires;
            this.left = left;
        }
    }

    /** A request of a device that waits, or waited, for approval. */
    static final class Request {
        final String source;
        final String place;
        final boolean askedAgain;
        final int uses;
        final Map<String, String> votes = new LinkedHashMap<>();
        String state = "PENDING";
        long lastAttempt;
        long windowEnd;
        int left;
        int collected;

        Request(String source, String place, boolean askedAgain, int uses, long now) {
            this.source = source;
            this.place = place;
            this.askedAgain = askedAgain;
            this.uses = uses;
            this.lastAttempt = now;
        }

        boolean isOpen() {
            return state.equals("PENDING") || state.equals("APPROVED");
        }

        Set<String> approvedBy() {
            Set<String> approved = new TreeSet<>(votes.keySet());
            approved.removeIf(member -> !"APPROVE".equals(votes.get(member)));
            return approved;
        }
    }

    record ApprovalGroup(Set<String> tags, Set<String> approvers, int quorum) {}

    long now;
    final Map<String, Device> devices = new TreeMap<>();
    /** Members by label, such as {@code bob#2} for the second member of that name. */
    final Map<String, Role> roles = new TreeMap<>();

    final Map<String, Set<String>> userGroups = new TreeMap<>();
    final Map<String, ApprovalGroup> approvalGroups = new TreeMap<>();
    final Map<String, List<String>> lists = new TreeMap<>();
    final List<Set<String>> lockdowns = new ArrayList<>();
    final Labels labels = new Labels();

    Premises(long now) {
        this.now = now;
    }

    /** Advances the time and ends whatever has expired. */
    final void pass(Duration time) {
        now += time.toMillis();
        for (Device device : devices.values()) {
            device.denies.removeIf(deny -> now >= deny.until());
            device.allowances.removeIf(allowance -> now >= allowance.expires);
            for (Request request : device.requests) {
                boolean forgotten = request.state.equals("PENDING") && now >= request.lastAttempt + PENDING_LIFE;
                boolean over = request.state.equals("APPROVED") && now >= request.windowEnd;
                if (forgotten || over) {
                    request.state = "EXPIRED";
                }
            }
        }
    }

    // ---- who may decide

    boolean mayDecide(Role role) {
        return role == Role.APPROVER || role == Role.ADMIN;
    }

    List<ApprovalGroup> covering(Device device) {
        return approvalGroups.values().stream()
                .filter(group -> device.tags.containsAll(group.tags()))
                .toList();
    }

    /** A device's approval state, from which an edit that removes approval or all approvers is refused. */
    enum Standing {
        FREE,
        GUARDED,
        STUCK,
        STUCK_BY_ITSELF
    }

    Standing standing(Device device) {
        if (!needsApproval(device)) {
            return Standing.FREE;
        }
        if (suffice(effective(device), device)) {
            return Standing.GUARDED;
        }
        return covering(device).isEmpty() ? Standing.STUCK_BY_ITSELF : Standing.STUCK;
    }

    boolean isHarm(Standing before, Standing after) {
        return switch (after) {
            case FREE -> before != Standing.FREE;
            case GUARDED -> false;
            case STUCK -> before == Standing.FREE || before == Standing.GUARDED;
            case STUCK_BY_ITSELF -> before == Standing.GUARDED;
        };
    }

    boolean needsApproval(Device device) {
        return device.requireApproval || covering(device).stream().anyMatch(group -> group.quorum() > 0);
    }

    /** Approvers and members of user groups that still exist and whose role allows decisions. */
    Set<String> effective(ApprovalGroup group) {
        Set<String> members = new TreeSet<>();
        for (String approver : group.approvers()) {
            members.addAll(userGroups.getOrDefault(approver, Set.of(approver)));
        }
        members.removeIf(member -> !roles.containsKey(member) || !mayDecide(roles.get(member)));
        return members;
    }

    Set<String> effective(Device device) {
        Set<String> all = new TreeSet<>();
        covering(device).forEach(group -> all.addAll(effective(group)));
        return all;
    }

    /** One vote is enough, but a group with a quorum must reach it with its own members. */
    boolean suffice(Set<String> votes, Device device) {
        Set<String> counted = countedVotes(votes, device);
        if (counted.isEmpty()) {
            return false;
        }
        for (ApprovalGroup group : covering(device)) {
            Set<String> own = new TreeSet<>(counted);
            own.retainAll(panel(group, device));
            if (group.quorum() > 1 && own.size() < group.quorum()) {
                return false;
            }
        }
        return true;
    }

    Set<String> countedVotes(Set<String> votes, Device device) {
        Set<String> counted = new TreeSet<>(votes);
        counted.retainAll(effective(device));
        return counted;
    }

    Set<String> panel(ApprovalGroup group, Device device) {
        return effective(group);
    }
}
