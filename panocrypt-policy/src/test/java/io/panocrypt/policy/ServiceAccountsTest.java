package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.AllowanceSkip;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.Scope;
import io.panocrypt.policy.model.history.AuditRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs with scopes: acts by name, on devices with all the tags of a scope. */
class ServiceAccountsTest {
    /** What a service account may do to devices, and to itself. */
    private static final Set<String> MAY =
            Set.of("Devices.create", "Devices.disable", "Devices.enable", "Allowances.grant", "Members.rotateToken");

    private final OperatorActs site = new OperatorActs();
    private final Members members = site.service.members();
    private final Devices devices = site.service.devices();
    /** Has the tag {@code prod}, and an open request. */
    private final Device device = devices.byName("web-1").orElseThrow();

    @AfterEach
    void close() {
        site.close();
    }

    private static Scope scope(Scope.Act act, String... tags) {
        return new Scope(act, new TreeSet<>(Arrays.asList(tags)));
    }

    private Member account(Scope... scopes) {
        return members.create(Actor.HOST, wanted(List.of(scopes)), null).member();
    }

    private static MemberChange wanted(List<Scope> scopes) {
        return new MemberChange("ci", null, null, scopes);
    }

    /** May do everything that a service account may, on devices with the tag. */
    private Member accountFor(String tag) {
        return account(
                Arrays.stream(Scope.Act.values()).map(act -> scope(act, tag)).toArray(Scope[]::new));
    }

    private long audited() {
        return site.service.history().audit(null, 1000).items().size();
    }

    private void tag(Device target, String... tags) {
        Device now = devices.get(target.id());
        devices.edit(Actor.HOST, now.id(), now.version(), DeviceChange.none().withTags(tags), true);
    }

    static Stream<String> others() {
        return OperatorActs.names().stream().filter(act -> !MAY.contains(act));
    }

    @Nested
    class Acts {
        @ParameterizedTest
        @MethodSource("io.panocrypt.policy.ServiceAccountsTest#others")
        void thatNoScopeNamesAreNobodysToDo(String act) {
            Member robot = accountFor("prod");
            long before = audited();
            try {
                site.act(act, robot);
            } catch (OperationException e) {
                assertTrue(Set.of(Kind.FORBIDDEN, Kind.INVALID).contains(e.kind()), e.getMessage());
            }
            assertEquals(before, audited());
        }

        @Test
        void ofItsScopesAreDoneInItsName() {
            tag(devices.byName("web-2").orElseThrow(), "prod");
            Member robot = accountFor("prod");
            for (String act : List.of("Devices.create", "Allowances.grant", "Devices.enable", "Devices.disable")) {
                site.act(act, robot);
            }
            site.act("Members.rotateToken", robot);
            assertEquals(
                    List.of(
                            "allowance.grant",
                            "device.create",
                            "device.disable",
                            "device.enable",
                            "member.rotate-token"),
                    site.service.history().audit(null, 1000).items().stream()
                            .filter(row -> row.actor().equals(robot.id()))
                            .map(AuditRecord::action)
                            .sorted()
                            .toList());
            assertEquals(
                    List.of(),
                    site.service
                            .approvals()
                            .list(ApprovalRequest.State.PENDING, null, 10)
                            .items(),
                    "a disable ends the open requests, whoever disables");
        }

        @ParameterizedTest
        @EnumSource(
                value = Scope.Act.class,
                names = {"ALLOW_ONCE", "DISABLE", "ENABLE", "DRY_RUN"})
        void needAllTagsOfOneScope(Scope.Act act) {
            Member robot = account(scope(act, "prod", "env=test"), scope(Scope.Act.READ, "prod"));
            assertRefused(Kind.FORBIDDEN, () -> act(robot, act, device.id()));
            tag(device, "env=test");
            assertRefused(Kind.FORBIDDEN, () -> act(robot, act, device.id()));
            tag(device, "env=test", "prod", "more");
            assertDoesNotThrow(() -> act(robot, act, device.id()));
        }

        /** Otherwise an account could try which ids are those of devices. */
        @ParameterizedTest
        @EnumSource(
                value = Scope.Act.class,
                mode = EnumSource.Mode.EXCLUDE,
                names = {"ENROLL_DEVICE"})
        void failAlikeOutsideAndWhereNothingIs(Scope.Act act) {
            Member robot = account(scope(act, "elsewhere"));
            Kind kind = act == Scope.Act.READ ? Kind.NOT_FOUND : Kind.FORBIDDEN;
            OperationException outside = assertRefused(kind, () -> act(robot, act, device.id()));
            OperationException unknown = assertRefused(kind, () -> act(robot, act, "unknown"));
            assertEquals(unknown.getMessage(), outside.getMessage());
            devices.revoke(Actor.HOST, device.id(), device.name());
            assertEquals(
                    unknown.getMessage(),
                    assertRefused(kind, () -> act(robot, act, device.id())).getMessage());
        }

        private void act(Member robot, Scope.Act act, String id) {
            switch (act) {
                case ALLOW_ONCE -> site.service.allowances().grant(Actor.of(robot), id, AllowanceRequest.defaults());
                case DISABLE -> devices.disable(Actor.of(robot), id);
                case ENABLE -> devices.enable(Actor.of(robot), id);
                default -> devices.get(robot, act, id);
            }
        }

        @Test
        void createOnlyWhatIsInScope() {
            Member robot = account(scope(Scope.Act.ENROLL_DEVICE, "lab"));
            // The name is taken, which the account must not learn.
            for (String name : List.of("web-1", "new")) {
                assertRefused(
                        Kind.FORBIDDEN,
                        () -> devices.create(
                                Actor.of(robot), TestService.wanted(name).withTags("prod")));
            }
            assertEquals(
                    Set.of("lab", "more"),
                    devices.create(Actor.of(robot), TestService.wanted("new").withTags("LAB", "more"))
                            .tags());
        }

        @Test
        void skipNoApproval() {
            Member robot = accountFor("prod");
            AllowanceRequest skipping =
                    new AllowanceRequest(null, null, java.util.Optional.empty(), false, Set.of(AllowanceSkip.APPROVAL));
            assertRefused(
                    Kind.FORBIDDEN, () -> site.service.allowances().grant(Actor.of(robot), device.id(), skipping));
        }
    }

    @Nested
    class Meanwhile {
        @ParameterizedTest
        @EnumSource(
                value = Scope.Act.class,
                names = {"ALLOW_ONCE", "DISABLE"})
        void aTagThatGoesTakesTheRightAway(Scope.Act act) {
            Member robot = account(scope(act, "prod"));
            site.store.meanwhile(() -> tag(device, "retired"));
            assertRefused(
                    Kind.FORBIDDEN,
                    () -> site.act(act == Scope.Act.DISABLE ? "Devices.disable" : "Allowances.grant", robot));
            assertEquals(
                    "device.edit",
                    site.service.history().audit(null, 1).items().get(0).action());
        }

        @Test
        void otherScopesTakeTheRightAway() {
            Member robot = account(scope(Scope.Act.DISABLE, "prod"));
            List<Scope> less = List.of(scope(Scope.Act.READ, "prod"));
            site.store.meanwhile(
                    () -> members.edit(Actor.HOST, robot.id(), 1, new MemberChange(null, null, null, less)));
            assertRefused(Kind.FORBIDDEN, () -> site.act("Devices.disable", robot));
        }

        @Test
        void anotherNameDoesNot() {
            Member robot = account(scope(Scope.Act.DISABLE, "prod"));
            site.store.meanwhile(() -> members.edit(Actor.HOST, robot.id(), 1, new MemberChange("robot", null, null)));
            assertDoesNotThrow(() -> site.act("Devices.disable", robot));
        }

        @Test
        void aTokenThatEndsDoes() {
            Member robot = account(scope(Scope.Act.DISABLE, "prod"));
            site.store.meanwhile(() -> members.rotateToken(Actor.HOST, robot.id(), null));
            assertRefused(Kind.UNAUTHENTICATED, () -> site.act("Devices.disable", robot));
        }
    }

    @Nested
    class Lists {
        /** In the order of names: lists are in that of ids, which are random within a millisecond. */
        private List<String> names(Member reader, String name, String tag) {
            List<String> found = new ArrayList<>();
            Devices.Filter filter = new Devices.Filter(name, tag, null, null, null, reader);
            for (String cursor = ""; cursor != null; ) {
                Page<Device> page = devices.list(filter, cursor.isEmpty() ? null : cursor, 1);
                page.items().forEach(one -> found.add(one.name()));
                assertEquals(List.of(), page.unreadable());
                cursor = page.nextCursor().orElse(null);
            }
            found.sort(null);
            return found;
        }

        @Test
        void showOnlyWhatMayBeRead() {
            Member robot = account(
                    scope(Scope.Act.READ, "prod"), scope(Scope.Act.READ, "lab"), scope(Scope.Act.DISABLE, "other"));
            tag(devices.byName("web-2").orElseThrow(), "lab", "other");
            tag(devices.byName("web-3").orElseThrow(), "other");
            assertEquals(List.of("web-1", "web-2"), names(robot, null, null));
            assertEquals(List.of("web-2"), names(robot, null, "other"));
            assertEquals(List.of("web-1"), names(robot, "web-1", null));
            assertEquals(List.of(), names(robot, "web-3", null));
            assertEquals(3, names(site.mallory, null, null).size());
        }

        @Test
        void nameNoUnreadableDevice() {
            Member robot = account(scope(Scope.Act.READ, "lab"));
            Device broken = devices.byName("web-3").orElseThrow();
            try (TestPeople people = new TestPeople()) {
                // The fixture that damages records works on its own store.
                people.rewrite(RecordMapper.DEVICE, people.server.id(), "\"state\"", "\"lost\"");
                Member reader = people.service
                        .members()
                        .create(Actor.HOST, wanted(List.of(scope(Scope.Act.READ, "prod"))), null)
                        .member();
                Devices.Filter filter = new Devices.Filter(null, null, null, null, null, reader);
                assertEquals(
                        List.of(),
                        people.service.devices().list(filter, null, 10).unreadable());
                assertEquals(
                        1,
                        people.service
                                .devices()
                                .list(Devices.Filter.ALL, null, 10)
                                .unreadable()
                                .size());
            }
            assertEquals("web-3", broken.name());
            assertEquals(List.of(), names(robot, null, null));
        }
    }

    @Nested
    class Accounts {
        private void assertInvalid(MemberChange wanted) {
            assertRefused(Kind.INVALID, () -> members.create(Actor.HOST, wanted, null));
        }

        @Test
        void haveScopesAndNothingOfPeople() {
            List<Scope> scopes = List.of(scope(Scope.Act.READ, "prod"));
            assertInvalid(wanted(List.of()));
            assertInvalid(new MemberChange("ci", Role.VIEWER, null, scopes));
            assertInvalid(new MemberChange("ci", Role.SERVICE, null, null));
            assertInvalid(new MemberChange("ci", null, List.of("mailto:ci@example.org"), scopes));
            assertInvalid(wanted(List.of(scope(Scope.Act.READ, "no tag"))));
            assertInvalid(wanted(java.util.stream.IntStream.range(0, 33)
                    .mapToObj(i -> scope(Scope.Act.READ, "t" + i))
                    .toList()));
            assertRefused(Kind.INVALID, () -> scope(Scope.Act.READ));
            Member robot = account(scope(Scope.Act.READ, "PROD"));
            assertEquals(Role.SERVICE, robot.role());
            assertEquals(scopes, robot.scopes());
        }

        @Test
        void neverBecomePeople() {
            Member robot = account(scope(Scope.Act.READ, "prod"));
            for (Role role : List.of(Role.VIEWER, Role.APPROVER, Role.ADMIN)) {
                assertRefused(
                        Kind.INVALID,
                        () -> members.edit(Actor.HOST, robot.id(), 1, new MemberChange(null, role, null)));
            }
            assertRefused(Kind.INVALID, () -> members.addContact(Actor.HOST, robot.id(), "mailto:ci@example.org"));
            Member ada = site.mallory;
            assertRefused(
                    Kind.INVALID,
                    () -> members.edit(
                            Actor.HOST, ada.id(), ada.version(), new MemberChange(null, Role.SERVICE, null)));
            assertRefused(
                    Kind.INVALID,
                    () -> members.edit(
                            Actor.HOST, ada.id(), ada.version(), new MemberChange(null, null, null, robot.scopes())));
        }

        @Test
        void approveNothing() {
            Member robot = accountFor("prod");
            assertRefused(
                    Kind.INVALID,
                    () -> site.service
                            .approvalGroups()
                            .create(
                                    Actor.HOST,
                                    new ApprovalGroups.Change("robots", Set.of("x"), Set.of(robot.id()), 1)));
            assertRefused(
                    Kind.INVALID, () -> site.service.userGroups().create(Actor.HOST, "robots", Set.of(robot.id())));
            assertRefused(Kind.FORBIDDEN, () -> site.act("Approvals.approve", robot));
        }

        @Test
        void getOtherScopesByAnEdit() {
            Member robot = account(scope(Scope.Act.READ, "prod"));
            List<Scope> wanted = List.of(scope(Scope.Act.DISABLE, "Prod"));
            Member after = members.edit(Actor.HOST, robot.id(), 1, new MemberChange(null, null, null, wanted));
            assertEquals(List.of(scope(Scope.Act.DISABLE, "prod")), after.scopes());
            assertTrue(
                    site.service.history().audit(null, 1).items().get(0).after().contains("disable"));
            assertDoesNotThrow(() -> site.act("Devices.disable", after));
        }
    }
}
