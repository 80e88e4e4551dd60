package io.panocrypt.policy.internal.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import io.panocrypt.crypto.tang.PublicJwk;
import io.panocrypt.policy.internal.event.DomainEvent;
import io.panocrypt.policy.internal.keys.KeyUseIndex;
import io.panocrypt.policy.internal.notice.Notification;
import io.panocrypt.policy.internal.notice.Recipient;
import io.panocrypt.policy.internal.passkey.StoredChallenge;
import io.panocrypt.policy.internal.passkey.StoredPasskey;
import io.panocrypt.policy.internal.session.StoredSession;
import io.panocrypt.policy.internal.unlock.AttemptEntry;
import io.panocrypt.policy.model.Allowance;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.EnrollmentKey;
import io.panocrypt.policy.model.EventType;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.model.Gate;
import io.panocrypt.policy.model.GateResult;
import io.panocrypt.policy.model.Lockdown;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.Session;
import io.panocrypt.policy.model.SourceRule;
import io.panocrypt.policy.model.TemporaryDeny;
import io.panocrypt.policy.model.UserGroup;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.delivery.ClosedContact;
import io.panocrypt.policy.model.keys.KeyUse;
import io.panocrypt.policy.model.passkey.Passkey;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The text of every stored form, byte for byte. If a model component is renamed, this test fails: then the model needs a
 * stored form of its own, because the text in existing databases must not change.
 */
class StoredBodiesTest {
    private static final ObjectMapper PLAIN = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00.123Z");
    private static final Cidr BLOCK = Cidr.parse("192.0.2.0/28");
    private static final IpAddress HOST = IpAddress.parse("192.0.2.1");
    private static final CustodyKey SIGNING = key(KeyRole.SIGNING);
    private static final CustodyKey EXCHANGE = key(KeyRole.EXCHANGE);
    private static final String POINT =
            "{\\\"alg\\\":\\\"%s\\\",\\\"crv\\\":\\\"P-256\\\",\\\"key_ops\\\":[\\\"%s\\\"],"
                    + "\\\"kty\\\":\\\"EC\\\",\\\"x\\\":\\\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\\\","
                    + "\\\"y\\\":\\\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\\\"}";
    private static final String SIGNING_TEXT =
            "{\"publicJwk\":\"" + POINT.formatted("ES256", "verify") + "\",\"sealed\":\"AQID\"}";
    private static final String EXCHANGE_TEXT =
            "{\"publicJwk\":\"" + POINT.formatted("ECMR", "deriveKey") + "\",\"sealed\":\"AQID\"}";

    private static CustodyKey key(KeyRole role) {
        return new CustodyKey(PublicJwk.of(role, EcPoint.generator(Curve.P_256)), new byte[] {1, 2, 3});
    }

    /**
     * One stored form.
     *
     * @param text without its version
     * @param later members that bodies of former releases do not have
     */
    private record Form(Object value, String text, Set<String> later) {
        Form(Object value, String text) {
            this(value, text, Set.of());
        }

        String body() {
            return "{\"v\":1," + text.substring(1);
        }

        @Override
        public String toString() {
            return value.getClass().getSimpleName();
        }
    }

    static Stream<Form> forms() {
        StoredDevice device = new StoredDevice(
                        new Device(
                                "d1",
                                "web-1",
                                "tok",
                                DeviceState.ACTIVE,
                                2,
                                tags("prod", "site=izmir"),
                                List.of(new SourceRule(BLOCK, true)),
                                tags("l1"),
                                true,
                                false,
                                "rack 4",
                                Curve.P_256,
                                Optional.empty(),
                                List.of(),
                                NOW,
                                7),
                        List.of())
                .with(new SealedKeys(1, SIGNING, EXCHANGE, SealedKeys.SITE), NOW);
        Member member = new Member(
                "m1",
                "ada",
                Role.APPROVER,
                List.of("mailto:a@example.org"),
                Optional.of(NOW),
                NOW,
                3,
                2,
                1,
                Optional.empty(),
                List.of());
        Member outsider = new Member(
                "m2",
                "eva",
                Role.VIEWER,
                List.of(),
                Optional.empty(),
                NOW,
                1,
                1,
                1,
                Optional.of(new ExternalIdentity("corp", "Eva")),
                List.of());
        Member robot = new Member(
                "m3",
                "ci",
                Role.SERVICE,
                List.of(),
                Optional.empty(),
                NOW,
                1,
                1,
                1,
                Optional.empty(),
                List.of(new Scope(Scope.Act.ALLOW_ONCE, tags("env=test"))));
        EnrollmentKey key = new EnrollmentKey(
                "k1",
                "rack",
                5,
                4,
                NOW,
                NOW,
                true,
                DeviceState.PENDING,
                1,
                tags("prod"),
                List.of(BLOCK),
                tags("l1"),
                true,
                false,
                "n",
                Curve.P_521,
                2);
        DomainEvent event = new DomainEvent(
                "k",
                List.of(EventType.REQUEST_OPENED, EventType.DEVICE_NO_APPROVER),
                NOW,
                Optional.of("d1"),
                Optional.of("web-1"),
                Optional.of("192.0.2.1"),
                Optional.of("r1"),
                Optional.of(NOW),
                Optional.empty(),
                List.of("m1"),
                "");
        String eventText = "{\"key\":\"k\",\"types\":[\"request.opened\",\"device.no-approver\"],"
                + "\"time\":\"2026-11-29T12:00:00.123Z\",\"deviceId\":\"d1\",\"deviceName\":\"web-1\","
                + "\"source\":\"192.0.2.1\",\"requestId\":\"r1\",\"since\":\"2026-11-29T12:00:00.123Z\","
                + "\"actor\":null,\"members\":[\"m1\"],\"detail\":\"\"}";
        return Stream.of(
                new Form(
                        device,
                        "{\"id\":\"d1\",\"name\":\"web-1\",\"token\":\"tok\",\"state\":\"active\",\"volumes\":2,"
                                + "\"tags\":[\"prod\",\"site=izmir\"],"
                                + "\"sources\":[{\"cidr\":\"192.0.2.0/28\",\"registered\":true}],"
                                + "\"networkAccessLists\":[\"l1\"],\"requireApproval\":true,\"acknowledgeOpen\":false,"
                                + "\"notes\":\"rack 4\",\"curve\":\"P-256\",\"keys\":[{\"generation\":1,\"hidden\":false,"
                                + "\"signing\":" + SIGNING_TEXT + ",\"exchange\":" + EXCHANGE_TEXT
                                + ",\"created\":\"2026-11-29T12:00:00.123Z\"}],"
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":7}"),
                new Form(
                        new KeyRemoval("x1", "d1", new SealedKeys(2, SIGNING, EXCHANGE, "pkcs11")),
                        "{\"id\":\"x1\",\"deviceId\":\"d1\",\"keys\":{\"generation\":2,\"signing\":" + SIGNING_TEXT
                                + ",\"exchange\":" + EXCHANGE_TEXT + ",\"custody\":\"pkcs11\"}}"),
                new Form(
                        device.with(device.device()
                                .withKeys(List.of(device.device().keys().get(0).hide(NOW)))),
                        "{\"id\":\"d1\",\"name\":\"web-1\",\"token\":\"tok\",\"state\":\"active\",\"volumes\":2,"
                                + "\"tags\":[\"prod\",\"site=izmir\"],"
                                + "\"sources\":[{\"cidr\":\"192.0.2.0/28\",\"registered\":true}],"
                                + "\"networkAccessLists\":[\"l1\"],\"requireApproval\":true,\"acknowledgeOpen\":false,"
                                + "\"notes\":\"rack 4\",\"curve\":\"P-256\",\"keys\":[{\"generation\":1,\"hidden\":true,"
                                + "\"signing\":" + SIGNING_TEXT + ",\"exchange\":" + EXCHANGE_TEXT
                                + ",\"created\":\"2026-11-29T12:00:00.123Z\","
                                + "\"hiddenSince\":\"2026-11-29T12:00:00.123Z\"}],"
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":7}"),
                new Form(
                        new KeyUseIndex.Uses(
                                "d1",
                                List.of(new KeyUse(1, NOW, Optional.of(HOST), Outcome.ALLOWED)),
                                Optional.of(NOW)),
                        "{\"deviceId\":\"d1\",\"last\":[{\"generation\":1,\"time\":\"2026-11-29T12:00:00.123Z\","
                                + "\"source\":\"192.0.2.1\",\"outcome\":\"allowed\"}],"
                                + "\"mixed\":\"2026-11-29T12:00:00.123Z\"}"),
                new Form(
                        new StoredMember(member, "hash"),
                        "{\"id\":\"m1\",\"name\":\"ada\",\"role\":\"approver\",\"contacts\":[\"mailto:a@example.org\"],"
                                + "\"tokenHash\":\"hash\",\"tokenExpires\":\"2026-11-29T12:00:00.123Z\","
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":3,\"edited\":2,\"tokenVersion\":1}",
                        Set.of("edited", "tokenVersion")),
                // Earlier releases know no such role, and cannot read it.
                new Form(
                        new StoredMember(robot, "hash"),
                        "{\"id\":\"m3\",\"name\":\"ci\",\"role\":\"service\",\"contacts\":[],\"tokenHash\":\"hash\","
                                + "\"tokenExpires\":null,\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":1,\"edited\":1,"
                                + "\"tokenVersion\":1,\"scopes\":[{\"act\":\"allow-once\",\"tags\":[\"env=test\"]}]}",
                        Set.of("edited", "tokenVersion")),
                // Without a hash, so that earlier releases cannot read it.
                new Form(
                        new StoredMember(outsider, null),
                        "{\"id\":\"m2\",\"name\":\"eva\",\"role\":\"viewer\",\"contacts\":[],\"tokenExpires\":null,"
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":1,\"edited\":1,\"tokenVersion\":1,"
                                + "\"external\":{\"directory\":\"corp\",\"subject\":\"Eva\"}}",
                        Set.of("edited", "tokenVersion")),
                new Form(
                        new StoredEnrollmentKey(key, "hash"),
                        "{\"id\":\"k1\",\"name\":\"rack\",\"secretHash\":\"hash\",\"uses\":5,\"usesLeft\":4,"
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"expires\":\"2026-11-29T12:00:00.123Z\","
                                + "\"registerSource\":true,\"initialState\":\"pending\",\"volumes\":1,\"tags\":[\"prod\"],"
                                + "\"sources\":[\"192.0.2.0/28\"],\"networkAccessLists\":[\"l1\"],\"requireApproval\":true,"
                                + "\"acknowledgeOpen\":false,\"notes\":\"n\",\"curve\":\"P-521\",\"version\":2}"),
                new Form(
                        new StoredSession(
                                new Session("s1", "m1", Session.SignIn.PASSKEY, "Firefox", NOW, NOW, 2),
                                Role.APPROVER,
                                3),
                        "{\"session\":{\"id\":\"s1\",\"memberId\":\"m1\",\"signIn\":\"passkey\",\"userAgent\":\"Firefox\","
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"lastUsed\":\"2026-11-29T12:00:00.123Z\","
                                + "\"version\":2},\"role\":\"approver\",\"tokenVersion\":3}"),
                new Form(
                        new StoredWebhook(
                                new Webhook("w1", URI.create("https://hook.example/x"), tags("request.opened"), NOW, 1),
                                1,
                                EXCHANGE,
                                EXCHANGE,
                                null),
                        "{\"webhook\":{\"id\":\"w1\",\"url\":\"https://hook.example/x\",\"events\":[\"request.opened\"],"
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":1},\"generation\":1,\"key\":"
                                + EXCHANGE_TEXT + ",\"partner\":" + EXCHANGE_TEXT + "}"),
                new Form(
                        new ApprovalRequest(
                                "r1",
                                "d1",
                                HOST,
                                ApprovalRequest.Place.LAST_COLLECTOR,
                                ApprovalRequest.State.APPROVED,
                                NOW,
                                NOW,
                                3,
                                List.of(new ApprovalRequest.Vote("m1", ApprovalRequest.Verdict.APPROVE, NOW, "ok")),
                                Optional.of("g1"),
                                Optional.of(NOW),
                                1,
                                Optional.empty(),
                                true,
                                2,
                                4,
                                3),
                        "{\"id\":\"r1\",\"deviceId\":\"d1\",\"source\":\"192.0.2.1\",\"place\":\"last-collector\","
                                + "\"state\":\"approved\",\"since\":\"2026-11-29T12:00:00.123Z\","
                                + "\"lastSeen\":\"2026-11-29T12:00:00.123Z\",\"attempts\":3,\"votes\":[{\"memberId\":\"m1\","
                                + "\"verdict\":\"approve\",\"time\":\"2026-11-29T12:00:00.123Z\",\"comment\":\"ok\"}],"
                                + "\"grantId\":\"g1\",\"windowEnd\":\"2026-11-29T12:00:00.123Z\",\"collected\":1,"
                                + "\"collectedAt\":null,\"askedAgain\":true,\"uses\":2,\"version\":4,\"voted\":3}",
                        Set.of("uses", "voted")),
                new Form(
                        new ApprovalRequest(
                                "r2",
                                "d1",
                                HOST,
                                ApprovalRequest.Place.FIRST,
                                ApprovalRequest.State.PENDING,
                                NOW,
                                NOW,
                                3,
                                List.of(new ApprovalRequest.Vote(
                                        "m1",
                                        ApprovalRequest.Verdict.APPROVE,
                                        NOW,
                                        "",
                                        Optional.of(new ApprovalRequest.SignedStatement(
                                                "s", "c", "ad", "cd", "sig", -7, "key", "example.org", "a")))),
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                Optional.empty(),
                                false,
                                1,
                                4,
                                4),
                        "{\"id\":\"r2\",\"deviceId\":\"d1\",\"source\":\"192.0.2.1\",\"place\":\"first\","
                                + "\"state\":\"pending\",\"since\":\"2026-11-29T12:00:00.123Z\","
                                + "\"lastSeen\":\"2026-11-29T12:00:00.123Z\",\"attempts\":3,\"votes\":[{\"memberId\":\"m1\","
                                + "\"verdict\":\"approve\",\"time\":\"2026-11-29T12:00:00.123Z\",\"comment\":\"\","
                                + "\"proof\":{\"statement\":\"s\",\"credentialId\":\"c\",\"authenticatorData\":\"ad\","
                                + "\"clientDataJson\":\"cd\",\"signature\":\"sig\",\"algorithm\":-7,\"publicKey\":\"key\","
                                + "\"rpId\":\"example.org\",\"aaguid\":\"a\"}}],"
                                + "\"grantId\":null,\"windowEnd\":null,\"collected\":0,"
                                + "\"collectedAt\":null,\"askedAgain\":false,\"uses\":1,\"version\":4,\"voted\":4}",
                        Set.of("uses", "voted")),
                new Form(
                        new StoredPasskey(
                                new Passkey(
                                        "p1",
                                        "m1",
                                        "laptop",
                                        "c",
                                        "key",
                                        -8,
                                        "a",
                                        "example.org",
                                        NOW,
                                        "host",
                                        3,
                                        Optional.of(NOW),
                                        2),
                                "sig"),
                        "{\"passkey\":{\"id\":\"p1\",\"memberId\":\"m1\",\"label\":\"laptop\",\"credentialId\":\"c\","
                                + "\"publicKey\":\"key\",\"algorithm\":-8,\"aaguid\":\"a\",\"rpId\":\"example.org\","
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"registeredBy\":\"host\",\"counter\":3,"
                                + "\"lastUsed\":\"2026-11-29T12:00:00.123Z\",\"version\":2},\"siteSignature\":\"sig\"}"),
                new Form(
                        new StoredChallenge(
                                "x1", StoredChallenge.Purpose.SIGN_IN, null, NOW, List.of("s"), "statement"),
                        "{\"id\":\"x1\",\"purpose\":\"sign-in\",\"memberId\":null,"
                                + "\"expires\":\"2026-11-29T12:00:00.123Z\",\"shown\":[\"s\"],\"text\":\"statement\"}"),
                new Form(
                        new NetworkAccessList("l1", "office", List.of(BLOCK), false, 1),
                        "{\"id\":\"l1\",\"name\":\"office\",\"cidrs\":[\"192.0.2.0/28\"],\"acknowledgeOpen\":false,"
                                + "\"version\":1}"),
                new Form(
                        new Lockdown("x1", tags("lab"), "drill", "m1", NOW, 1),
                        "{\"id\":\"x1\",\"tags\":[\"lab\"],\"reason\":\"drill\",\"createdBy\":\"m1\","
                                + "\"created\":\"2026-11-29T12:00:00.123Z\",\"version\":1}"),
                new Form(
                        new TemporaryDeny("t1", "d1", Optional.of(HOST), NOW, "lost", 1),
                        "{\"id\":\"t1\",\"deviceId\":\"d1\",\"source\":\"192.0.2.1\","
                                + "\"until\":\"2026-11-29T12:00:00.123Z\",\"cause\":\"lost\",\"version\":1}"),
                new Form(
                        new UserGroup("u1", "people", tags("m1"), 1),
                        "{\"id\":\"u1\",\"name\":\"people\",\"members\":[\"m1\"],\"version\":1}"),
                new Form(
                        new StoredApprovalGroup(new ApprovalGroup(
                                "a1", "ops", tags("prod"), tags("m1", "u1"), 2, ApprovalGroup.Proof.NONE, 1)),
                        "{\"id\":\"a1\",\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[\"m1\",\"u1\"],"
                                + "\"quorum\":2,\"version\":1}"),
                // Without a quorum, so that earlier releases cannot read it.
                new Form(
                        new StoredApprovalGroup(new ApprovalGroup(
                                "a2", "ops", tags("prod"), tags("m1", "u1"), 2, ApprovalGroup.Proof.SIGNED, 1)),
                        "{\"id\":\"a2\",\"name\":\"ops\",\"requiredTags\":[\"prod\"],\"approvers\":[\"m1\",\"u1\"],"
                                + "\"signedQuorum\":2,\"version\":1}"),
                new Form(
                        new Allowance(
                                "g1",
                                "d1",
                                2,
                                1,
                                new TreeSet<>(Set.of(AllowanceSkip.SOURCE, AllowanceSkip.TEMPORARY_DENY)),
                                Optional.of(BLOCK),
                                false,
                                "m1",
                                NOW,
                                NOW),
                        "{\"id\":\"g1\",\"deviceId\":\"d1\",\"uses\":2,\"usesLeft\":1,"
                                + "\"skips\":[\"source\",\"temporary-deny\"],\"source\":\"192.0.2.0/28\",\"anySource\":false,"
                                + "\"grantedBy\":\"m1\",\"created\":\"2026-11-29T12:00:00.123Z\","
                                + "\"expires\":\"2026-11-29T12:00:00.123Z\"}"),
                new Form(
                        new ClosedContact("c1", "mailto:a@example.org", "gone", NOW),
                        "{\"id\":\"c1\",\"contact\":\"mailto:a@example.org\",\"cause\":\"gone\","
                                + "\"since\":\"2026-11-29T12:00:00.123Z\"}"),
                new Form(
                        new AttemptEntry(
                                Optional.of(HOST),
                                "kid",
                                Outcome.DENIED,
                                Reason.NO_APPROVER,
                                1,
                                Map.of(Gate.KEY, GateResult.PASS, Gate.TEMPORARY_DENY, GateResult.NOT_REACHED),
                                Optional.empty(),
                                "",
                                Optional.empty()),
                        "{\"source\":\"192.0.2.1\",\"kid\":\"kid\",\"outcome\":\"denied\",\"reason\":\"no-approver\","
                                + "\"count\":1,\"gates\":{\"key\":\"pass\",\"temporary-deny\":\"not-reached\"},"
                                + "\"spent\":null,\"note\":\"\",\"rule\":null}",
                        Set.of("rule")),
                new Form(
                        new AttemptEntry(
                                Optional.of(HOST),
                                "kid",
                                Outcome.DENIED,
                                Reason.RULE,
                                1,
                                Map.of(Gate.RULE, GateResult.FAIL),
                                Optional.empty(),
                                "",
                                Optional.of(new RuleFinding("office-hours", "it is night"))),
                        "{\"source\":\"192.0.2.1\",\"kid\":\"kid\",\"outcome\":\"denied\",\"reason\":\"rule\","
                                + "\"count\":1,\"gates\":{\"rule\":\"fail\"},\"spent\":null,\"note\":\"\","
                                + "\"rule\":{\"rule\":\"office-hours\",\"reason\":\"it is night\"}}",
                        Set.of("rule")),
                new Form(event, eventText),
                new Form(
                        new Notification(
                                EventType.REQUEST_OPENED,
                                event,
                                new Recipient(Recipient.Kind.WEBHOOK, "w1", "https://hook.example/x")),
                        "{\"type\":\"request.opened\",\"occurrence\":" + eventText
                                + ",\"recipient\":{\"kind\":\"webhook\",\"id\":\"w1\",\"contact\":\"https://hook.example/x\"}}"));
    }

    private static TreeSet<String> tags(String... tags) {
        return new TreeSet<>(List.of(tags));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isWrittenLikeThisForEver(Form form) {
        assertEquals(form.body(), Json.write(form.value()));
        assertEquals(form.value(), Json.read(form.body(), form.value().getClass()));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isReadWithoutAVersionToo(Form form) {
        assertEquals(form.value(), Json.read(form.text(), form.value().getClass()));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isReadBesideMembersOfALaterRelease(Form form) {
        // Unlike an unknown member, an unknown gate is rejected, because its effect is unknown.
        String later =
                form.body().replaceAll("\\{(?!\"(key|rule)\":\"(pass|fail))\"", "{\"later\":{\"v\":9,\"x\":[1]},\"");
        assertEquals(form.value(), Json.read(later, form.value().getClass()));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isRefusedInAFormOfALaterVersion(Form form) {
        for (String version : List.of("{\"v\":2,", "{\"v\":1,\"v\":2,", "{\"v\":12,")) {
            String later = version + form.text().substring(1);
            assertThrows(
                    UnreadableRecordException.class,
                    () -> Json.read(later, form.value().getClass()),
                    version);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{\"v\":1", "{\"v\":1,", "{\"v\":1,}", "{\"v\":1,\"a\"", "{\"v\":1}", "[1]", "null"})
    void isRefusedIfItIsNoWholeBody(String text) {
        assertThrows(UnreadableRecordException.class, () -> Json.read(text, StoredDevice.class));
    }

    /** A default instead of the missing member might admit more. */
    @ParameterizedTest
    @MethodSource("forms")
    void isRefusedWhereAMemberIsMissing(Form form) throws Exception {
        ObjectNode whole = (ObjectNode) PLAIN.readTree(form.text());
        List<String> names = new ArrayList<>();
        whole.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            String less = PLAIN.writeValueAsString(whole.deepCopy().without(name));
            if (form.later().contains(name)) {
                Json.read(less, form.value().getClass());
            } else {
                assertThrows(
                        UnreadableRecordException.class,
                        () -> Json.read(less, form.value().getClass()),
                        less);
                assertThrows(
                        UnreadableRecordException.class,
                        () -> Json.read(
                                "{\"v\":1," + less.substring(1), form.value().getClass()),
                        less);
            }
        }
    }

    @Test
    void readsConstantsAsEarlierReleasesSpeltThem() {
        StoredDevice device = (StoredDevice) forms().findFirst().orElseThrow().value();
        String old = Json.write(device).replace("\"active\"", "\"ACTIVE\"");
        assertTrue(old.contains("ACTIVE"));
        assertEquals(device, Json.read(old, StoredDevice.class));
        assertEquals(device.device(), Json.read(old, Device.class));
        AttemptEntry entry = Json.read(
                "{\"source\":null,\"kid\":\"k\",\"outcome\":\"DENIED\",\"reason\":\"NO_APPROVER\",\"count\":1,"
                        + "\"gates\":{\"TEMPORARY_DENY\":\"NOT_REACHED\"},\"spent\":null,\"note\":\"\"}",
                AttemptEntry.class);
        assertEquals(Reason.NO_APPROVER, entry.reason());
        assertEquals(Map.of(Gate.TEMPORARY_DENY, GateResult.NOT_REACHED), entry.gates());
        assertThrows(
                UnreadableRecordException.class,
                () -> Json.read(old.replace("ACTIVE", "Active"), StoredDevice.class),
                "no other spelling");
    }

    /** Reading the public part of a form must not read secrets. */
    @Test
    void showsNoSecretInTheModel() {
        forms().forEach(form -> {
            String shown = form.value().toString();
            assertFalse(shown.contains("sealed") || shown.contains("hash"), shown);
        });
    }
}
