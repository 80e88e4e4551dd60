package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalGroup;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UserGroup;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No new name can be taken for an option or a path; stored names of that kind still work. */
class ObjectNamesTest {
    private final TestPeople household = new TestPeople();
    private final Panocrypt service = household.service;

    @AfterEach
    void close() {
        household.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-rf", "-", "..", ".", ".ssh", "-a", ".a", ""})
    void refusesANameThatIsAnOptionOrAPath(String name) {
        DeviceChange device = TestService.wanted("web-9").withName(name);
        assertRefused(Kind.INVALID, () -> service.devices().create(OPERATOR, device));
        assertRefused(
                Kind.INVALID,
                () -> service.enrollmentKeys().create(OPERATOR, EnrollmentKeyRequest.of(name, DeviceChange.none())));
        assertRefused(
                Kind.INVALID,
                () -> service.members().create(OPERATOR, new MemberChange(name, Role.VIEWER, null), null));
        assertRefused(Kind.INVALID, () -> service.networkAccessLists().create(OPERATOR, name, List.of(), false));
        assertRefused(Kind.INVALID, () -> service.userGroups().create(OPERATOR, name, Set.of()));
        assertRefused(
                Kind.INVALID,
                () -> service.approvalGroups()
                        .create(OPERATOR, new ApprovalGroups.Change(name, Set.of("prod"), null, null)));
        String secret = service.enrollmentKeys()
                .create(OPERATOR, EnrollmentKeyRequest.of("rack", DeviceChange.none()))
                .secret();
        assertRefused(Kind.INVALID, () -> service.enroll(new EnrollmentAttempt(secret, name, Optional.empty(), false)));
        assertRefused(Kind.INVALID, () -> household.edit(DeviceChange.none().withName(name), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "7-up", "web-1.example.org", "a..b", "a-"})
    void admitsNamesThatBeginWithALetterOrADigit(String name) {
        assertEquals(
                name,
                service.devices()
                        .create(OPERATOR, TestService.wanted("web-9").withName(name))
                        .name());
    }

    @Test
    void letsWhatIsStoredUnderAnOldNameBeEdited() {
        Device device = service.devices().create(OPERATOR, TestService.wanted("old"));
        rewrite(RecordMapper.DEVICE, device.id());
        assertEquals("--help", service.devices().get(device.id()).name());
        DeviceChange volumes = DeviceChange.none().withVolumes(2);
        assertEquals(
                2,
                service.devices().edit(OPERATOR, device.id(), 2, volumes, false).volumes());
        DeviceChange option = DeviceChange.none().withName("-rf");
        assertRefused(Kind.INVALID, () -> service.devices().edit(OPERATOR, device.id(), 3, option, false));
        DeviceChange renamed = DeviceChange.none().withName("new");
        assertEquals(
                "new",
                service.devices().edit(OPERATOR, device.id(), 3, renamed, false).name());

        Member member = service.members()
                .create(OPERATOR, new MemberChange("old", null, null), null)
                .member();
        rewrite(RecordMapper.MEMBER, member.id());
        MemberChange role = new MemberChange(null, Role.APPROVER, null);
        assertEquals(
                "--help", service.members().edit(OPERATOR, member.id(), 2, role).name());

        NetworkAccessList list = service.networkAccessLists().create(OPERATOR, "old", List.of(), false);
        rewrite(RecordMapper.NETWORK_ACCESS_LIST, list.id());
        assertEquals(
                "--help",
                service.networkAccessLists()
                        .edit(OPERATOR, list.id(), 2, null, List.of(), null)
                        .name());

        UserGroup users = service.userGroups().create(OPERATOR, "old", Set.of());
        rewrite(RecordMapper.USER_GROUP, users.id());
        assertEquals(
                "--help",
                service.userGroups()
                        .edit(OPERATOR, users.id(), 2, null, Set.of(member.id()))
                        .name());

        ApprovalGroup group = service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("old", Set.of("prod"), null, null), true);
        rewrite(RecordMapper.APPROVAL_GROUP, group.id());
        ApprovalGroups.Change quorum = new ApprovalGroups.Change(null, null, null, 2);
        assertEquals(
                "--help",
                service.approvalGroups()
                        .edit(OPERATOR, group.id(), 2, quorum, true)
                        .name());
    }

    @Test
    void letsAKeyOfAnOldNameEnrolAndBeListed() {
        EnrollmentKeys.Issued key =
                service.enrollmentKeys().create(OPERATOR, EnrollmentKeyRequest.of("old", DeviceChange.none()));
        rewrite(RecordMapper.ENROLLMENT_KEY, key.key().id());
        assertEquals("--help", service.enrollmentKeys().get(key.key().id()).name());
        service.enrollmentKeys().warnings(service.enrollmentKeys().get(key.key().id()));
        assertTrue(service.enroll(new EnrollmentAttempt(key.secret(), "web-9", Optional.empty(), false))
                .isPresent());
    }

    private void rewrite(String kind, String id) {
        household.rewrite(kind, id, "\"name\":\"old\"", "\"name\":\"--help\"");
    }
}
