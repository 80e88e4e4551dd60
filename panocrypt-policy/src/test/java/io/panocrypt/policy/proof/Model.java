package io.panocrypt.policy.proof;

import io.panocrypt.policy.model.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Sections 3 and 4 of the contract, literally and without optimisation: one site in lists, numbers and texts.
 *
 * <p>It follows the text and shares no rule with the service. It has no versions, epochs, nodes or stores. The mutants
 * in {@link ModelMutant} override single sentences of it.
 */
class Model extends Gates implements Site {
    Model(long now) {
        super(now);
    }

    /** With the initial site of every sequence. */
    Model furnished() {
        for (String member : Operations.MEMBERS) {
            setRole(member, Cast.role(member));
        }
        Device web = new Device();
        web.tags = Cast.WEB_TAGS;
        web.blocks = Cast.BLOCKS;
        web.volumes = Cast.WEB_VOLUMES;
        devices.put("web", web);
        Device db = new Device();
        db.blocks = Cast.BLOCKS;
        devices.put("db", db);
        Device edge = new Device();
        edge.state = "PENDING";
        edge.tags = Cast.EDGE_TAGS;
        edge.blocks = new ArrayList<>(Cast.BLOCKS);
        edge.blocks.add(Operations.REGISTERED + "/32");
        edge.registered = Operations.REGISTERED;
        devices.put("edge", edge);
        putApprovalGroup("ops", Cast.WEB_TAGS, Cast.APPROVERS, 1, false);
        return this;
    }

    @Override
    public void advance(Duration time) {
        pass(time);
    }

    @Override
    public String attempt(String name, String source) {
        advance(Cast.BETWEEN_ATTEMPTS);
        return attempt(devices.get(name), Blocks.canonical(source));
    }

    @Override
    public String attemptWithForeignKey(String name, String source) {
        advance(Cast.BETWEEN_ATTEMPTS);
        return "not found";
    }

    // ---- what people decide

    private Optional<Request> request(Device device, String rawSource) {
        String source = Blocks.canonical(rawSource);
        List<Request> all = device.requests.stream()
                .filter(request -> request.source.equals(source))
                .toList();
        return all.stream()
                .filter(Request::isOpen)
                .findFirst()
                .or(() -> all.stream().reduce((older, newer) -> newer));
    }

    Set<String> deciders(Device device, Request request) {
        return effective(device);
    }

    private Refusals refusals(String member, Device device, Request request) {
        return new Refusals()
                .when(!deciders(device, request).contains(labels.current(member)), "FORBIDDEN")
                .when(!request.isOpen(), "CONFLICT");
    }

    private boolean stands(Device device, Request request) {
        return request.state.equals("APPROVED") && suffice(request.approvedBy(), device);
    }

    @Override
    public String approve(String member, String name, String source, Set<String> alsoFrom) {
        Device device = devices.get(name);
        Optional<Request> found = request(device, source);
        if (found.isEmpty()) {
            return Refusals.of("NOT_FOUND");
        }
        Request request = found.get();
        List<Request> named = new ArrayList<>(List.of(request));
        Refusals refusals = refusals(member, device, request).when(stands(device, request), "CONFLICT");
        for (String also : alsoFrom) {
            Optional<Request> further = request(device, also);
            if (!Blocks.canonical(also).equals(request.source)) {
                refusals.when(further.filter(one -> one.state.equals("PENDING")).isEmpty(), "INVALID");
                further.ifPresent(named::add);
            }
        }
        return refusals.or(() -> named.forEach(one -> approve(device, one, labels.current(member))));
    }

    long window() {
        return WINDOW;
    }

    private void approve(Device device, Request request, String member) {
        request.votes.put(member, "APPROVE");
        if (suffice(request.approvedBy(), device)) {
            request.state = "APPROVED";
            request.left = request.uses;
            request.windowEnd = now + window();
        }
    }

    @Override
    public String denyRequest(String member, String name, String source, boolean wholeDevice) {
        Device device = devices.get(name);
        Optional<Request> found = request(device, source);
        if (found.isEmpty()) {
            return Refusals.of("NOT_FOUND");
        }
        Request request = found.get();
        return refusals(member, device, request).or(() -> {
            request.votes.put(labels.current(member), "DENY");
            request.state = "DENIED";
            device.denies.add(new Deny(wholeDevice ? "" : request.source, now + DENIAL));
            if (wholeDevice) {
                cancelGrants(device);
            }
        });
    }

    @Override
    public String defer(String member, String name, String source) {
        Device device = devices.get(name);
        Optional<Request> found = request(device, source);
        if (found.isEmpty()) {
            return Refusals.of("NOT_FOUND");
        }
        Request request = found.get();
        return refusals(member, device, request)
                .when(stands(device, request), "CONFLICT")
                .or(() -> request.votes.put(labels.current(member), "DEFER"));
    }

    /** Ends every earlier allowance, every approval that is not collected and every waiting request. */
    void cancelGrants(Device device) {
        device.allowances.clear();
        device.requests.stream().filter(Request::isOpen).forEach(request -> request.state = "DENIED");
    }

    // ---- devices

    private Refusals ofDevice(Device device) {
        return new Refusals().when(device.state.equals("REVOKED"), "CONFLICT");
    }

    @Override
    public String setTags(String name, Set<String> tags, boolean confirmed) {
        Device device = devices.get(name);
        Set<String> before = device.tags;
        boolean loses = !confirmed && isHarmedBy(device, () -> device.tags = tags, () -> device.tags = before);
        return ofDevice(device).when(loses, "UNCONFIRMED:1").or(() -> device.tags = tags);
    }

    @Override
    public String setRequireApproval(String name, boolean required, boolean confirmed) {
        Device device = devices.get(name);
        boolean before = device.requireApproval;
        boolean loses = !confirmed
                && isHarmedBy(device, () -> device.requireApproval = required, () -> device.requireApproval = before);
        return ofDevice(device)
                .when(!required && device.blocks.stream().anyMatch(Blocks::isOpen), "INVALID")
                .when(loses, "UNCONFIRMED:1")
                .or(() -> device.requireApproval = required);
    }

    /** Makes an edit, compares, and takes it back. */
    private boolean isHarmedBy(Device device, Runnable edit, Runnable undo) {
        Standing before = standing(device);
        edit.run();
        boolean harm = isHarm(before, standing(device));
        undo.run();
        return harm;
    }

    @Override
    public String setSources(String name, List<String> blocks) {
        Device device = devices.get(name);
        return ofDevice(device)
                .when(!device.requireApproval && blocks.stream().anyMatch(Blocks::isOpen), "INVALID")
                .or(() -> {
                    device.blocks = blocks;
                    if (!blocks.contains(device.registered + "/32")) {
                        device.registered = "";
                    }
                });
    }

    @Override
    public String setLists(String name, Set<String> referred) {
        Device device = devices.get(name);
        return ofDevice(device)
                .when(!lists.keySet().containsAll(referred), "INVALID")
                .or(() -> device.lists = referred);
    }

    @Override
    public String setVolumes(String name, int volumes) {
        Device device = devices.get(name);
        return ofDevice(device).or(() -> device.volumes = volumes);
    }

    @Override
    public String setRule(String name, String answer) {
        devices.get(name).rule = answer;
        return "ok";
    }

    @Override
    public String disable(String name) {
        Device device = devices.get(name);
        return ofDevice(device).when(device.state.equals("PENDING"), "CONFLICT").or(() -> {
            device.state = "DISABLED";
            cancelGrants(device);
        });
    }

    @Override
    public String enable(String name) {
        Device device = devices.get(name);
        return ofDevice(device).when(device.state.equals("PENDING"), "CONFLICT").or(() -> device.state = "ACTIVE");
    }

    @Override
    public String confirm(String name) {
        Device device = devices.get(name);
        return new Refusals().when(!device.state.equals("PENDING"), "CONFLICT").or(() -> device.state = "ACTIVE");
    }

    @Override
    public String revoke(String name) {
        Device device = devices.get(name);
        return ofDevice(device).or(() -> {
            device.state = "REVOKED";
            cancelGrants(device);
        });
    }

    @Override
    public String rotateKeys(String name) {
        return ofDevice(devices.get(name)).or(() -> {});
    }

    // ---- what devices share

    @Override
    public String putList(String name, List<String> blocks) {
        return new Refusals()
                .when(blocks.stream().anyMatch(Blocks::isOpen), "INVALID")
                .or(() -> lists.put(name, blocks));
    }

    @Override
    public String dropList(String name) {
        boolean used = devices.values().stream()
                .anyMatch(device -> !device.state.equals("REVOKED") && device.lists.contains(name));
        return new Refusals()
                .when(!lists.containsKey(name), "NOT_FOUND")
                .when(used, "CONFLICT")
                .or(() -> {
                    lists.remove(name);
                    devices.values().forEach(device -> device.lists = without(device.lists, name));
                });
    }

    private static Set<String> without(Collection<String> names, String one) {
        return names.stream().filter(name -> !name.equals(one)).collect(Collectors.toSet());
    }

    @Override
    public String setRole(String member, Role role) {
        if (!roles.containsKey(labels.current(member))) {
            labels.fresh(member);
        }
        roles.put(labels.current(member), role);
        return "ok";
    }

    @Override
    public String fire(String member) {
        return new Refusals()
                .when(!roles.containsKey(labels.current(member)), "NOT_FOUND")
                .or(() -> roles.remove(labels.current(member)));
    }

    private Set<String> known(Set<String> names) {
        return names.stream()
                .map(labels::current)
                .filter(label -> roles.containsKey(label) || userGroups.containsKey(label))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String putUserGroup(String group, Set<String> members) {
        if (!userGroups.containsKey(labels.current(group))) {
            labels.fresh(group);
        }
        userGroups.put(labels.current(group), known(members));
        return "ok";
    }

    @Override
    public String dropUserGroup(String group) {
        return new Refusals()
                .when(!userGroups.containsKey(labels.current(group)), "NOT_FOUND")
                .or(() -> userGroups.remove(labels.current(group)));
    }

    @Override
    public String putApprovalGroup(
            String group, Set<String> tags, Set<String> approvers, int quorum, boolean confirmed) {
        return replace(group, Optional.of(new ApprovalGroup(tags, known(approvers), quorum)), confirmed);
    }

    @Override
    public String dropApprovalGroup(String group, boolean confirmed) {
        return approvalGroups.containsKey(group)
                ? replace(group, Optional.empty(), confirmed)
                : Refusals.of("NOT_FOUND");
    }

    private String replace(String name, Optional<ApprovalGroup> after, boolean confirmed) {
        Map<Device, Standing> standings = new HashMap<>();
        devices.values().stream()
                .filter(device -> !device.state.equals("REVOKED"))
                .forEach(device -> standings.put(device, standing(device)));
        ApprovalGroup before = approvalGroups.remove(name);
        after.ifPresent(group -> approvalGroups.put(name, group));
        long losing = standings.entrySet().stream()
                .filter(was -> isHarm(was.getValue(), standing(was.getKey())))
                .count();
        if (losing > 0 && !confirmed) {
            approvalGroups.remove(name);
            Optional.ofNullable(before).ifPresent(group -> approvalGroups.put(name, group));
            return Refusals.of("UNCONFIRMED:" + losing);
        }
        return "ok";
    }

    // ---- grants, denies and lockdowns

    @Override
    public String allow(String grantor, String name, int uses, Duration life, String source, Set<String> skips) {
        advance(Cast.BETWEEN_ACTS);
        Device device = devices.get(name);
        boolean unconstrained = source.isEmpty() || !source.equals("any") && Blocks.isOpen(source);
        return ofDevice(device)
                .when(!roles.containsKey(labels.current(grantor)), "UNAUTHENTICATED")
                .when(skips.contains("source") && unconstrained, "INVALID")
                .when(skips.contains("approval") && !suffice(Set.of(labels.current(grantor)), device), "FORBIDDEN")
                .or(() -> device.allowances.add(new Allowance(
                        labels.fresh("allowance"),
                        source,
                        skips,
                        now + life.toMillis(),
                        uses == 0 ? device.volumes : uses)));
    }

    @Override
    public String cancelAllowance(String name) {
        Device device = devices.get(name);
        return new Refusals().when(device.allowances.isEmpty(), "NOT_FOUND").or(() -> device.allowances.remove(0));
    }

    @Override
    public String deny(String name, String source, Duration length) {
        Device device = devices.get(name);
        return ofDevice(device).or(() -> {
            device.denies.add(new Deny(Blocks.canonical(source), now + length.toMillis()));
            if (source.isEmpty()) {
                cancelGrants(device);
            }
        });
    }

    @Override
    public String liftDenies(String name) {
        devices.get(name).denies.clear();
        return "ok";
    }

    @Override
    public String lockDown(Set<String> tags) {
        advance(Cast.BETWEEN_ACTS);
        lockdowns.add(tags);
        devices.values().stream()
                .filter(device -> device.tags.containsAll(tags))
                .forEach(this::cancelGrants);
        return "ok";
    }

    @Override
    public String liftLockdown() {
        return new Refusals().when(lockdowns.isEmpty(), "NOT_FOUND").or(() -> lockdowns.remove(0));
    }

    // ---- visible state

    @Override
    public String state() {
        return devices.entrySet().stream()
                .map(entry -> state(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private String state(String name, Device device) {
        List<String> allowances = device.allowances.stream()
                .map(allowance -> allowance.label + " left " + allowance.left)
                .toList();
        List<String> denies = device.denies.stream()
                .map(deny -> deny.source() + " until " + deny.until())
                .sorted()
                .toList();
        List<String> requests =
                device.requests.stream().map(request -> state(device, request)).toList();
        return name + " " + device.state + " " + allowances + " " + denies + " " + requests;
    }

    private String state(Device device, Request request) {
        String end = request.state.equals("APPROVED") ? " until " + request.windowEnd : "";
        String approvers = request.isOpen() ? " by " + effective(device) : "";
        return request.source + " " + request.state + " " + new TreeMap<>(request.votes) + " collected "
                + request.collected + (request.askedAgain ? " again" : "") + end + approvers;
    }
}
