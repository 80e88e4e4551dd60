package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Random operations from a seed: mostly attempts, with acts of operators and approvers between them. */
final class Operations {
    static final List<String> DEVICES = List.of("web", "db", "edge");
    static final List<String> MEMBERS = List.of("alice", "bob", "carol", "dave", "erin");
    static final List<String> USER_GROUPS = List.of("team", "night");
    static final List<String> APPROVAL_GROUPS = List.of("ops", "pair", "owners");
    static final List<String> LISTS = List.of("office", "lab");
    /** The source from which a device enrolls itself. */
    static final String REGISTERED = "10.0.0.9";

    private static final List<String> TAGS = List.of("prod", "www");
    private static final List<String> SOURCES = List.of(
            "10.0.0.1",
            "10.0.0.1",
            "10.0.0.1",
            "10.0.0.2",
            "10.0.0.2",
            "::ffff:10.0.0.2",
            "10.0.0.3",
            "10.0.0.4",
            "10.0.0.5",
            "10.0.0.6",
            REGISTERED,
            REGISTERED,
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1::1",
            "192.0.2.1",
            "");
    private static final List<List<String>> BLOCKS = List.of(
            List.of("10.0.0.0/24", "2001:db8::/32"),
            List.of("10.0.0.0/24", "2001:db8::/32"),
            List.of("10.0.0.0/24", REGISTERED + "/32"),
            List.of("10.0.0.1"),
            List.of("::ffff:10.0.0.0/120"),
            List.of("2001:db8::/64"),
            List.of("0.0.0.0/0", "2000::/3"),
            List.of());
    private static final List<String> GRANT_SOURCES =
            List.of("", "", "any", "10.0.0.1", "10.0.0.0/30", "192.0.2.0/24", "2001:db8::/64", "0.0.0.0/0");
    private static final List<String> SKIPS = List.of("disabled", "source", "temporary-deny", "rule", "approval");
    private static final List<Duration> TIMES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(29),
            Duration.ofSeconds(31),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(6),
            Duration.ofMinutes(10),
            Duration.ofMinutes(15),
            Duration.ofMinutes(61),
            Duration.ofHours(30));

    private final Random random;
    /** A quarter of the sequences: asking a rule takes another thread, and so its time. */
    private final boolean hasRules;

    private Operations(Random random, boolean hasRules) {
        this.random = random;
        this.hasRules = hasRules;
    }

    static List<Operation> of(long seed, int count) {
        Operations operations = new Operations(new Random(seed), Math.floorMod(seed, 4) == 0);
        List<Operation> made = new ArrayList<>();
        while (made.size() < count) {
            made.addAll(operations.scene());
        }
        return List.copyOf(made.subList(0, count));
    }

    /** Mostly one operation; sometimes a sequence that chance alone would rarely produce. */
    private List<Operation> scene() {
        return switch (random.nextInt(24)) {
            case 0, 1 -> boot(device(), pick(SOURCES));
            case 2 -> crowd(device(), pick(SOURCES));
            case 3 -> grants(device(), pick(SOURCES));
            case 4 -> hasRules ? ruled(device(), pick(SOURCES)) : List.of(next());
            default -> List.of(next());
        };
    }

    private static List<Operation> boot(String device, String source, String approver) {
        return List.of(attempt(device, source), approval(approver, device, source, Set.of()), attempt(device, source));
    }

    private List<Operation> boot(String device, String source) {
        return boot(device, source, pick(MEMBERS.subList(0, 2)));
    }

    /** A source that may have booted asks again after strangers have taken the places. */
    private List<Operation> crowd(String device, String source) {
        List<Operation> operations = new ArrayList<>();
        operations.add(operation("confirm " + device, site -> site.confirm(device)));
        if (random.nextBoolean()) {
            operations.addAll(boot(device, source));
            operations.add(attempt(device, source));
        }
        for (int i = 0; i < 4; i++) {
            operations.add(attempt(device, "10.0.0.2" + i));
        }
        operations.add(attempt(device, source));
        operations.add(attempt(device, REGISTERED));
        return operations;
    }

    private List<Operation> grants(String device, String source) {
        return List.of(allowance(device), allowance(device), attempt(device, source), attempt(device, source));
    }

    /** A rule, and an allowance that may skip it. */
    private List<Operation> ruled(String device, String source) {
        Set<String> skips = some(SKIPS, 1);
        if (random.nextBoolean()) {
            skips.add("rule");
        }
        return List.of(
                rule(device),
                attempt(device, source),
                operation(
                        "dave allows " + device + " 1 use from 'any', skips " + skips,
                        site -> site.allow("dave", device, 1, Duration.ofHours(1), "any", skips)),
                attempt(device, source),
                attempt(device, source));
    }

    private Operation next() {
        int die = random.nextInt(100);
        if (die < 45) {
            return attempt();
        }
        if (die < 63) {
            return decision();
        }
        if (die < 70) {
            Duration time = pick(TIMES);
            return operation("advance " + time, site -> {
                site.advance(time);
                return "ok";
            });
        }
        if (die < 78) {
            return grantOrDeny();
        }
        return die < 88 ? deviceEdit() : sharedEdit();
    }

    private Operation attempt() {
        String device = device();
        String source = pick(SOURCES);
        return random.nextInt(40) == 0
                ? operation(
                        device + " asks from " + source + " with a foreign key",
                        site -> site.attemptWithForeignKey(device, source))
                : attempt(device, source);
    }

    private static Operation attempt(String device, String source) {
        return operation(device + " asks from " + source, site -> site.attempt(device, source));
    }

    private static Operation approval(String member, String device, String source, Set<String> also) {
        return operation(
                member + " approves the request of " + device + " from " + source
                        + (also.isEmpty() ? "" : " and also from " + also),
                site -> site.approve(member, device, source, also));
    }

    private Operation decision() {
        String member = pick(MEMBERS);
        String device = device();
        String source = pick(SOURCES);
        String request = " the request of " + device + " from " + source;
        int die = random.nextInt(20);
        if (die < 14) {
            Set<String> also = random.nextInt(6) == 0 ? Set.of(pick(SOURCES.subList(0, 7))) : Set.of();
            return approval(member, device, source, also);
        }
        if (die < 17) {
            boolean whole = random.nextInt(3) == 0;
            return operation(
                    member + " denies" + request + (whole ? ", for the whole device" : ""),
                    site -> site.denyRequest(member, device, source, whole));
        }
        return operation(member + " defers" + request, site -> site.defer(member, device, source));
    }

    private Operation grantOrDeny() {
        String device = device();
        switch (random.nextInt(12)) {
            case 0:
                return operation("cancel the oldest allowance of " + device, site -> site.cancelAllowance(device));
            case 1:
                return operation("lift the denies of " + device, site -> site.liftDenies(device));
            case 2, 3:
                String source = random.nextInt(4) == 0 ? "" : pick(SOURCES);
                Duration length = pick(TIMES);
                return operation(
                        "deny " + device + " from '" + source + "' for " + length,
                        site -> site.deny(device, source, length));
            default:
                return allowance(device);
        }
    }

    private Operation allowance(String device) {
        String grantor = pick(MEMBERS);
        int uses = random.nextInt(4);
        Duration life = pick(TIMES);
        String from = pick(GRANT_SOURCES);
        Set<String> skips = some(SKIPS, 3);
        return operation(
                grantor + " allows " + device + " " + uses + " uses for " + life + " from '" + from + "', skips "
                        + skips,
                site -> site.allow(grantor, device, uses, life, from, skips));
    }

    private Operation rule(String device) {
        String answer = pick(List.of("", "", "ask", "ask", "deny", "fail"));
        return operation("the rule answers '" + answer + "' about " + device, site -> site.setRule(device, answer));
    }

    private Operation deviceEdit() {
        String device = device();
        boolean confirmed = random.nextBoolean();
        switch (random.nextInt(22)) {
            case 0, 1, 2:
                Set<String> tags = some(TAGS, 2);
                return operation(
                        "tag " + device + " " + tags + confirmed(confirmed),
                        site -> site.setTags(device, tags, confirmed));
            case 3, 4, 5:
                List<String> blocks = pick(BLOCKS);
                return operation("let " + device + " ask from " + blocks, site -> site.setSources(device, blocks));
            case 6, 7:
                Set<String> lists = some(LISTS, 2);
                return operation("let " + device + " refer to " + lists, site -> site.setLists(device, lists));
            case 8, 9:
                boolean required = random.nextBoolean();
                return operation(
                        device + (required ? " requires approval" : " requires no approval") + confirmed(confirmed),
                        site -> site.setRequireApproval(device, required, confirmed));
            case 10:
                int volumes = 1 + random.nextInt(3);
                return operation(device + " has " + volumes + " volumes", site -> site.setVolumes(device, volumes));
            case 11:
                return operation("rotate the keys of " + device, site -> site.rotateKeys(device));
            case 12:
                return random.nextInt(3) > 0
                        ? operation("confirm " + device, site -> site.confirm(device))
                        : operation("revoke " + device, site -> site.revoke(device));
            case 13, 14:
                return operation("confirm " + device, site -> site.confirm(device));
            case 15, 16:
                return operation("disable " + device, site -> site.disable(device));
            case 17, 18:
                return hasRules ? rule(device) : allowance(device);
            default:
                return operation("enable " + device, site -> site.enable(device));
        }
    }

    private Operation sharedEdit() {
        boolean confirmed = random.nextBoolean();
        switch (random.nextInt(16)) {
            case 0:
                Set<String> tags = random.nextInt(4) == 0 ? Set.of() : Set.of(pick(TAGS));
                return operation("lock down " + tags, site -> site.lockDown(tags));
            case 1, 2:
                return operation("lift the oldest lockdown", Site::liftLockdown);
            case 3, 4, 5:
                return approvalGroup(confirmed);
            case 6:
                String dropped = pick(APPROVAL_GROUPS);
                return operation(
                        "drop approval group " + dropped + confirmed(confirmed),
                        site -> site.dropApprovalGroup(dropped, confirmed));
            case 7:
                String userGroup = pick(USER_GROUPS);
                Set<String> members = some(MEMBERS, 3);
                return operation(
                        "user group " + userGroup + " is " + members, site -> site.putUserGroup(userGroup, members));
            case 8:
                String gone = pick(USER_GROUPS);
                return operation("drop user group " + gone, site -> site.dropUserGroup(gone));
            case 9, 10:
                String list = pick(LISTS);
                List<String> blocks = pick(BLOCKS);
                return operation("list " + list + " is " + blocks, site -> site.putList(list, blocks));
            case 11:
                String unlisted = pick(LISTS);
                return operation("drop list " + unlisted, site -> site.dropList(unlisted));
            case 12:
                String fired = pick(MEMBERS);
                return operation("fire " + fired, site -> site.fire(fired));
            default:
                String member = pick(MEMBERS);
                Role role = pick(List.of(Role.APPROVER, Role.APPROVER, Role.ADMIN, Role.VIEWER));
                return operation(member + " becomes " + role, site -> site.setRole(member, role));
        }
    }

    private Operation approvalGroup(boolean confirmed) {
        String group = pick(APPROVAL_GROUPS);
        Set<String> tags = some(TAGS, 2);
        tags.add(pick(TAGS));
        Set<String> approvers = some(MEMBERS, 4);
        if (random.nextInt(3) == 0) {
            approvers.add(pick(USER_GROUPS));
        }
        int quorum = pick(List.of(0, 1, 1, 1, 2, 2));
        return operation(
                "approval group " + group + " is " + approvers + " for " + tags + ", quorum " + quorum
                        + confirmed(confirmed),
                site -> site.putApprovalGroup(group, tags, approvers, quorum, confirmed));
    }

    private static String confirmed(boolean confirmed) {
        return confirmed ? ", confirmed" : "";
    }

    private static Operation operation(String words, Function<Site, String> act) {
        return new Operation(words, act);
    }

    /** Prefers the first device, which lets its state develop within a sequence. */
    private String device() {
        return random.nextBoolean() ? DEVICES.get(0) : pick(DEVICES);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private Set<String> some(List<String> from, int most) {
        Set<String> picked = new TreeSet<>();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            picked.add(pick(from));
        }
        return picked;
    }
}
