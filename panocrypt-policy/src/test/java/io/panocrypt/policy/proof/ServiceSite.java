package io.panocrypt.policy.proof;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.ApprovalGroups;
import io.panocrypt.policy.EachMinute;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.TestClock;
import io.panocrypt.policy.TestTimeout;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.DryRun;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.WireNamed;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.policy.spi.store.Store;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The service as a {@link Site}: names become identifiers on the way in, and labels on the way out. */
final class ServiceSite implements Site, AutoCloseable {
    private static final Actor OPERATOR = Actor.HOST;

    /** Strongly referenced, because a collected logger loses its settings. */
    private static final Logger LOGGER = Logger.getLogger("io.panocrypt.policy");

    static {
        // Some thousand rules fail on purpose.
        LOGGER.setUseParentHandlers(false);
    }

    private static final Duration A_MINUTE_AND_MORE = Duration.ofSeconds(61);
    private static final String ABSENT = "absent";

    private final RuleOfDevices rule = new RuleOfDevices();
    private boolean hasRule;
    private final TestClock clock;
    private final Panocrypt.Builder settings;
    private Panocrypt service;
    private final Labels labels = new Labels();
    /** By name: the identifier of the current or last object with that name. */
    private final Map<String, String> ids = new HashMap<>();
    /** Labels by identifier. */
    private final Map<String, String> labelled = new HashMap<>();

    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, UnlockAttempt> keys = new HashMap<>();

    /** Answers for each device as it was set. */
    private static final class RuleOfDevices implements UnlockRule {
        private final Map<String, String> answers = new ConcurrentHashMap<>();

        @Override
        public String name() {
            return "test";
        }

        @Override
        public Verdict evaluate(RuleInput input) {
            return switch (answers.getOrDefault(input.deviceName(), "")) {
                case "ask" -> Verdict.requireApproval("asked by the test");
                case "deny" -> Verdict.deny("denied by the test");
                case "fail" -> throw new IllegalStateException("out of order, says the test");
                default -> Verdict.abstain();
            };
        }
    }

    ServiceSite(TestClock clock, Store store, KeyCustody custody) {
        this.clock = clock;
        this.settings = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .ruleTimeout(TestTimeout.MAX);
        this.service = settings.build();
        service.members().create(OPERATOR, new MemberChange("root", Role.ADMIN, null), null);
        for (String member : Operations.MEMBERS) {
            setRole(member, Cast.role(member));
        }
        DeviceChange plain = DeviceChange.none().withCurve(Curve.P_256).withSources(Cast.BLOCKS.toArray(String[]::new));
        DeviceChange web = plain.withTags(Cast.WEB_TAGS.toArray(String[]::new)).withVolumes(Cast.WEB_VOLUMES);
        met("web", service.devices().create(OPERATOR, web.withName("web")));
        met("db", service.devices().create(OPERATOR, plain.withName("db")));
        met("edge", enroll(plain.withTags(Cast.EDGE_TAGS.toArray(String[]::new))));
        putApprovalGroup("ops", Cast.WEB_TAGS, Cast.APPROVERS, 1, false);
    }

    private Device enroll(DeviceChange defaults) {
        EnrollmentKeyRequest wanted = EnrollmentKeyRequest.of("edges", defaults)
                .withRegisterSource(true)
                .withInitialState(DeviceState.PENDING);
        String secret = service.enrollmentKeys().create(OPERATOR, wanted).secret();
        Optional<IpAddress> source = Optional.of(IpAddress.parse(Operations.REGISTERED));
        return service.enroll(new EnrollmentAttempt(secret, "edge", source, false))
                .orElseThrow();
    }

    private void met(String name, Device device) {
        ids.put(name, device.id());
        keys.put(
                name,
                new UnlockAttempt(
                        device.token(), device.advertised().get(0).exchange().kid(), request(), Optional.empty()));
    }

    private static RecoveryRequest request() {
        try {
            return RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException(e);
        }
    }

    private String id(String name) {
        return ids.getOrDefault(name, ABSENT);
    }

    private Device device(String name) {
        return service.devices().get(id(name));
    }

    private static String telling(Runnable act) {
        try {
            act.run();
            return "ok";
        } catch (OperationException e) {
            return Refusals.of(e.kind() + (e.devices() == 0 ? "" : ":" + e.devices()));
        }
    }

    private static Optional<IpAddress> address(String source) {
        return source.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(source));
    }

    private static List<Cidr> cidrs(List<String> blocks) {
        return blocks.stream().map(Cidr::parse).toList();
    }

    // ---- attempts

    /** A node writes its counts each minute; here once within the time, and at its end. */
    @Override
    public void advance(Duration time) {
        if (time.compareTo(A_MINUTE_AND_MORE) > 0) {
            pass(A_MINUTE_AND_MORE);
            EachMinute.flush(service);
            pass(time.minus(A_MINUTE_AND_MORE));
        } else {
            pass(time);
        }
        EachMinute.flush(service);
    }

    private void pass(Duration time) {
        clock.advance(time);
    }

    private UnlockResult unlock(String device, String keyOf, String source) {
        return service.unlock(new UnlockAttempt(
                keys.get(device).token(),
                keys.get(keyOf).kid(),
                keys.get(device).request(),
                address(source)));
    }

    @Override
    public String attempt(String device, String source) {
        pass(Cast.BETWEEN_ATTEMPTS);
        DryRun foretold = service.dryRun(id(device), address(source).orElse(null));
        UnlockResult result = unlock(device, device, source);
        String verdict = words(foretold.outcome(), foretold.reason().name(), foretold.gates());
        return matches(foretold, result) ? verdict + told(device, result) : verdict + ", but then " + result;
    }

    private static boolean matches(DryRun foretold, UnlockResult result) {
        return switch (foretold.reason()) {
            case REVOKED, UNKNOWN_KEY -> result instanceof UnlockResult.NotFound;
            case APPROVAL_PENDING -> result instanceof UnlockResult.Pending;
            case ALLOWED, ALLOWED_ONCE, APPROVED -> result instanceof UnlockResult.Answered;
            default -> result.equals(new UnlockResult.Refused(foretold.reason()));
        };
    }

    private static String words(Outcome outcome, String reason, Map<Gate, GateResult> gates) {
        return outcome + " " + reason + " "
                + Arrays.stream(Gate.values())
                        .map(gate -> String.valueOf(gates.get(gate)))
                        .collect(Collectors.joining(" "));
    }

    /** The history entry of an answer: refusals may be aggregated, answers never. */
    private String told(String device, UnlockResult result) {
        if (!(result instanceof UnlockResult.Answered)) {
            return "";
        }
        UnlockRecord row =
                service.history().unlocks(id(device), null, 1).items().get(0);
        String spent = row.spent().stream()
                .flatMap(both -> Arrays.stream(both.split(",")))
                .map(this::label)
                .collect(Collectors.joining(", "));
        return row.outcome() == Outcome.ALLOWED && row.time().equals(clock.instant())
                ? " answered, spent [" + spent + "]"
                : " answered without a row";
    }

    private String label(String spent) {
        String allowance = labelled.get(spent);
        return allowance != null
                ? allowance
                : "approval of " + service.approvals().get(spent).source();
    }

    @Override
    public String attemptWithForeignKey(String device, String source) {
        pass(Cast.BETWEEN_ATTEMPTS);
        UnlockResult result = unlock(device, device.equals("web") ? "db" : "web", source);
        return result instanceof UnlockResult.NotFound ? "not found" : result.toString();
    }

    // ---- devices

    private String edit(String name, DeviceChange change, boolean confirmed) {
        return telling(() -> {
            Device before = device(name);
            service.devices().edit(OPERATOR, before.id(), before.version(), change, confirmed);
        });
    }

    @Override
    public String setTags(String device, Set<String> tags, boolean confirmed) {
        return edit(device, DeviceChange.none().withTags(tags.toArray(String[]::new)), confirmed);
    }

    @Override
    public String setSources(String device, List<String> blocks) {
        return edit(device, DeviceChange.none().withSources(blocks.toArray(String[]::new)), false);
    }

    @Override
    public String setLists(String device, Set<String> lists) {
        String[] referred = lists.stream().map(this::id).distinct().toArray(String[]::new);
        return edit(device, DeviceChange.none().withNetworkAccessLists(referred), false);
    }

    @Override
    public String setRequireApproval(String device, boolean required, boolean confirmed) {
        return edit(device, DeviceChange.none().withRequireApproval(required), confirmed);
    }

    /** Restarts the service with the rule at first use, because asking a rule takes another thread. */
    @Override
    public String setRule(String device, String answer) {
        if (!hasRule) {
            service.close();
            service = settings.rule(rule).build();
            hasRule = true;
        }
        rule.answers.put(device, answer);
        return "ok";
    }

    @Override
    public String setVolumes(String device, int volumes) {
        return edit(device, DeviceChange.none().withVolumes(volumes), false);
    }

    @Override
    public String disable(String device) {
        return telling(() -> service.devices().disable(OPERATOR, id(device)));
    }

    @Override
    public String enable(String device) {
        return telling(() -> service.devices().enable(OPERATOR, id(device)));
    }

    @Override
    public String confirm(String device) {
        return telling(() -> service.devices().confirm(OPERATOR, id(device)));
    }

    @Override
    public String revoke(String device) {
        return telling(() -> service.devices().revoke(OPERATOR, id(device), device));
    }

    @Override
    public String rotateKeys(String device) {
        return telling(() -> service.devices().rotateKeys(OPERATOR, id(device)));
    }

    // ---- what devices share

    private boolean isThere(Supplier<?> read) {
        return telling(read::get).equals("ok");
    }

    private void made(String name, String id) {
        ids.put(name, id);
        labelled.put(id, labels.fresh(name));
    }

    @Override
    public String putList(String list, List<String> blocks) {
        var lists = service.networkAccessLists();
        return telling(() -> {
            if (isThere(() -> lists.get(id(list)))) {
                long version = lists.get(id(list)).version();
                lists.edit(OPERATOR, id(list), version, null, cidrs(blocks), null);
            } else {
                made(list, lists.create(OPERATOR, list, cidrs(blocks), false).id());
            }
        });
    }

    @Override
    public String dropList(String list) {
        return telling(() -> service.networkAccessLists().delete(OPERATOR, id(list)));
    }

    @Override
    public String setRole(String member, Role role) {
        MemberChange change = new MemberChange(member, role, null);
        return telling(() -> {
            if (isThere(() -> service.members().get(id(member)))) {
                long version = service.members().get(id(member)).version();
                members.put(member, service.members().edit(OPERATOR, id(member), version, change, true));
            } else {
                Member created =
                        service.members().create(OPERATOR, change, null).member();
                members.put(member, created);
                made(member, created.id());
            }
        });
    }

    @Override
    public String fire(String member) {
        return telling(() -> service.members().delete(OPERATOR, id(member), true));
    }

    private Set<String> known(Set<String> names) {
        return names.stream()
                .map(this::id)
                .filter(id -> isThere(() -> service.members().get(id))
                        || isThere(() -> service.userGroups().get(id)))
                .collect(Collectors.toSet());
    }

    @Override
    public String putUserGroup(String group, Set<String> names) {
        var groups = service.userGroups();
        return telling(() -> {
            if (isThere(() -> groups.get(id(group)))) {
                groups.edit(OPERATOR, id(group), groups.get(id(group)).version(), null, known(names), true);
            } else {
                made(group, groups.create(OPERATOR, group, known(names)).id());
            }
        });
    }

    @Override
    public String dropUserGroup(String group) {
        return telling(() -> service.userGroups().delete(OPERATOR, id(group), true));
    }

    @Override
    public String putApprovalGroup(
            String group, Set<String> tags, Set<String> approvers, int quorum, boolean confirmed) {
        var groups = service.approvalGroups();
        var change = new ApprovalGroups.Change(group, tags, known(approvers), quorum);
        return telling(() -> {
            if (isThere(() -> groups.get(id(group)))) {
                groups.edit(OPERATOR, id(group), groups.get(id(group)).version(), change, confirmed);
            } else {
                made(group, groups.create(OPERATOR, change, confirmed).id());
            }
        });
    }

    @Override
    public String dropApprovalGroup(String group, boolean confirmed) {
        return telling(() -> service.approvalGroups().delete(OPERATOR, id(group), confirmed));
    }

    // ---- grants, denies and lockdowns

    @Override
    public String allow(String grantor, String device, int uses, Duration life, String source, Set<String> skips) {
        pass(Cast.BETWEEN_ACTS);
        AllowanceRequest wanted = new AllowanceRequest(
                uses == 0 ? null : uses,
                life,
                source.isEmpty() || source.equals("any") ? Optional.empty() : Optional.of(Cidr.parse(source)),
                source.equals("any"),
                skips.stream()
                        .map(name -> WireNamed.parse(AllowanceSkip.class, name).orElseThrow())
                        .collect(Collectors.toSet()));
        return telling(() -> {
            Allowance granted = service.allowances().grant(Actor.of(member(grantor)), id(device), wanted);
            labelled.put(granted.id(), labels.fresh("allowance"));
        });
    }

    @Override
    public String cancelAllowance(String device) {
        List<Allowance> open = service.allowances().open(id(device));
        return telling(() -> service.allowances()
                .cancel(
                        OPERATOR,
                        id(device),
                        open.isEmpty() ? ABSENT : open.get(0).id()));
    }

    @Override
    public String deny(String device, String source, Duration length) {
        return telling(() -> service.temporaryDenies()
                .deny(OPERATOR, id(device), address(source).orElse(null), length, "cause"));
    }

    @Override
    public String liftDenies(String device) {
        return telling(() -> service.temporaryDenies().lift(OPERATOR, id(device)));
    }

    @Override
    public String lockDown(Set<String> tags) {
        pass(Cast.BETWEEN_ACTS);
        return telling(() -> service.lockdowns().start(OPERATOR, tags, "incident"));
    }

    @Override
    public String liftLockdown() {
        List<Lockdown> standing = service.lockdowns().list(null, 1).items();
        return telling(() -> service.lockdowns()
                .lift(OPERATOR, standing.isEmpty() ? ABSENT : standing.get(0).id()));
    }

    // ---- what people decide

    private String deciding(String device, String source, Function<ApprovalRequest, ApprovalRequest> act) {
        Optional<IpAddress> from = address(source);
        List<ApprovalRequest> all = Portrait.requests(service).stream()
                .filter(request -> request.deviceId().equals(id(device)))
                .filter(request -> from.filter(request.source()::equals).isPresent())
                .toList();
        Optional<ApprovalRequest> found = all.stream()
                .filter(request -> Portrait.isOpen(service.approvals().state(request)))
                .findFirst()
                .or(() -> all.stream().reduce((older, newer) -> newer));
        return found.isEmpty() ? Refusals.of("NOT_FOUND") : telling(() -> act.apply(found.get()));
    }

    private Member member(String name) {
        return members.get(name);
    }

    @Override
    public String approve(String member, String device, String source, Set<String> alsoFrom) {
        List<IpAddress> also = alsoFrom.stream().map(IpAddress::parse).toList();
        return deciding(device, source, request -> service.approvals().approve(member(member), request.id(), "", also));
    }

    @Override
    public String denyRequest(String member, String device, String source, boolean wholeDevice) {
        return deciding(
                device, source, request -> service.approvals().deny(member(member), request.id(), "", wholeDevice));
    }

    @Override
    public String defer(String member, String device, String source) {
        return deciding(device, source, request -> service.approvals().defer(member(member), request.id(), ""));
    }

    // ---- visible state

    @Override
    public String state() {
        Map<String, String> devices = new TreeMap<>();
        Operations.DEVICES.forEach(name -> devices.put(name, id(name)));
        return new Portrait(service, clock.instant(), labelled).of(devices);
    }

    @Override
    public void close() {
        service.close();
    }
}
