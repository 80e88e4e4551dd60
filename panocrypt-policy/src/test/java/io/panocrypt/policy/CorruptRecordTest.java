package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.ApprovalRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One unreadable record affects only what needs it, and opens nothing. */
class CorruptRecordTest {
    private static final String BODY = "{\"secret\": 7";

    private final TestService house = new TestService();
    private int edits;

    @AfterEach
    void close() {
        house.close();
    }

    /** Overwrites a record's body; its terms stay. */
    private void corrupt(String kind, String id) {
        PolicyRecord old = house.memory.get(kind, id).orElseThrow();
        put(new PolicyRecord(kind, id, old.version() + 1, BODY, old.uniqueTerms(), old.terms()));
    }

    private void put(PolicyRecord record) {
        StoreWrite edit = StoreWrite.of(entry("{}")).growEpoch(true).put(record).build();
        assertEquals(new WriteResult.Written(), house.memory.write(edit));
    }

    private JournalEntry entry(String body) {
        return new JournalEntry("by-hand-" + ++edits, JournalEntry.Kind.AUDIT, house.clock.instant(), null, body);
    }

    private UnlockResult unlock(Device device) {
        return house.unlock(device, TestService.HOME);
    }

    private void assertAllows(Device device) {
        assertInstanceOf(UnlockResult.Answered.class, unlock(device));
    }

    private void assertRefuses(Reason reason, Device device) {
        assertEquals(
                reason,
                assertInstanceOf(UnlockResult.Refused.class, unlock(device)).reason());
    }

    @Test
    void failsTheDeviceThatItIsAndNoOther() {
        Device broken = house.device("web-1");
        Device whole = house.device("web-2");
        corrupt(RecordMapper.DEVICE, broken.id());
        for (int i = 0; i < 3; i++) {
            assertInstanceOf(UnlockResult.Unavailable.class, unlock(broken));
            house.clock.advance(Duration.ofSeconds(2));
        }
        assertAllows(whole);
        assertEquals(Optional.empty(), house.service.unreadyReason());
        UnreadableRecordException fault = assertThrows(
                UnreadableRecordException.class, () -> house.service.devices().get(broken.id()));
        assertEquals("the stored device " + broken.id() + " cannot be read", fault.getMessage());
    }

    @Test
    void isNamedByThePageThatItBelongsTo() {
        Device broken = house.device("web-1");
        Device whole = house.device("web-2");
        corrupt(RecordMapper.DEVICE, broken.id());
        Page<Device> page = house.service.devices().list(Devices.Filter.ALL, null, 10);
        assertEquals(List.of(whole.id()), page.items().stream().map(Device::id).toList());
        assertEquals(List.of(broken.id()), page.unreadable());
    }

    @Test
    void hidesNoOtherEntryOfTheAudit() {
        house.device("web-1");
        int before = house.service.history().audit(null, 100).items().size();
        house.memory.write(StoreWrite.of(entry(BODY)).build());
        house.device("web-2");
        var page = house.service.history().audit(null, 100);
        assertEquals(before + 1, page.items().size());
        assertEquals(1, page.unreadable().size());
        assertTrue(page.unreadable().get(0).startsWith("node-1/"), page.unreadable()::toString);
    }

    @Test
    void hidesNoOtherAttemptInTheHistory() {
        Device device = house.device("web-1");
        assertAllows(device);
        house.memory.write(StoreWrite.of(
                        new JournalEntry("by-hand", JournalEntry.Kind.UNLOCK, house.clock.instant(), device.id(), BODY))
                .build());
        put(new PolicyRecord(RecordMapper.TALLY, "of-another-run", 1, BODY, Set.of(), Set.of()));
        var page = house.service.history().unlocks(device.id(), null, 100);
        assertEquals(1, page.items().size());
        assertEquals(1, page.unreadable().size());
        house.service.history().flush();
    }

    @Test
    void refusesEverybodyWhereALockdownCannotBeRead() {
        Device device = house.device("web-1");
        String lockdown = house.service
                .lockdowns()
                .start(TestService.OPERATOR, Set.of("env=test"), "drill")
                .id();
        assertAllows(device);
        corrupt(RecordMapper.LOCKDOWN, lockdown);
        assertRefuses(Reason.LOCKDOWN, device);
    }

    @Test
    void refusesTheDeviceWhoseTemporaryDenyCannotBeReadUntilItIsLifted() {
        Device denied = house.device("web-1");
        Device other = house.device("web-2");
        String deny = house.service
                .temporaryDenies()
                .deny(
                        TestService.OPERATOR,
                        denied.id(),
                        TestService.address(TestService.AWAY).orElse(null),
                        Duration.ofMinutes(5),
                        "")
                .id();
        corrupt(RecordMapper.TEMPORARY_DENY, deny);
        house.clock.advance(Duration.ofHours(1));
        assertRefuses(Reason.TEMPORARY_DENY, denied);
        assertAllows(other);
        house.service.temporaryDenies().lift(TestService.OPERATOR, denied.id());
        assertAllows(denied);
    }

    @Test
    void refusesEverybodyWhereAnApprovalGroupCannotBeRead() {
        Device covered = house.device("web-1");
        Device other = house.device("web-2");
        house.approverOf(covered);
        corrupt(
                RecordMapper.APPROVAL_GROUP,
                house.service.approvalGroups().list(null, 10).items().get(0).id());
        assertRefuses(Reason.NO_APPROVER, covered);
        assertRefuses(Reason.NO_APPROVER, other);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                RecordMapper.MEMBER,
                RecordMapper.USER_GROUP,
                RecordMapper.NETWORK_ACCESS_LIST,
                RecordMapper.WEBHOOK
            })
    void letsAllOthersPassWhereItCouldOnlyAllow(String kind) {
        Device device = house.device("web-1");
        put(new PolicyRecord(kind, "broken", 1, BODY, Set.of(), Set.of()));
        assertAllows(device);
        house.service.members().createFirstAdministrator();
        assertEquals(1, house.service.members().list(null, 10).items().size());
        house.service.lockdowns().start(TestService.OPERATOR, Set.of(), "drill");
    }

    @Test
    void keepsNoServerFromItsStartAndNoHostFromRecovery() {
        Members members = house.service.members();
        String token = members.createFirstAdministrator().orElseThrow();
        corrupt(RecordMapper.MEMBER, members.authenticate(token).orElseThrow().id());
        assertEquals(Optional.empty(), members.createFirstAdministrator());
        String fresh = members.replaceAdministratorToken();
        assertEquals(Role.ADMIN, members.authenticate(fresh).orElseThrow().role());
        assertEquals(Optional.empty(), members.authenticate(token));
    }

    @Test
    void hidesNoRequestOfAnotherDevice() {
        Device broken = house.device("web-1");
        Member approver = house.approverOf(broken);
        assertInstanceOf(UnlockResult.Pending.class, unlock(broken));
        corrupt(RecordMapper.DEVICE, broken.id());
        ApprovalRequest request =
                house.service.approvals().list(null, null, 10).items().get(0);
        assertEquals(Set.of(), house.service.approvals().approvers(request));
        assertEquals(1, house.service.approvals().uses(request));
        assertThrows(
                UnreadableRecordException.class,
                () -> house.service.approvals().approve(approver, request.id(), "", List.of()));
    }

    @Test
    void aListThatCannotBeReadHidesNoDeviceAndNoEditOfAnother() {
        String broken = list("office");
        String other = list("lab");
        Device device = house.service
                .devices()
                .create(TestService.OPERATOR, TestService.wanted("web-1").withNetworkAccessLists(broken, other));
        corrupt(RecordMapper.NETWORK_ACCESS_LIST, broken);
        house.service.devices().warnings(device);
        Device damaged = house.service
                .devices()
                .create(TestService.OPERATOR, TestService.wanted("web-2").withNetworkAccessLists(other));
        corrupt(RecordMapper.DEVICE, damaged.id());
        house.service
                .networkAccessLists()
                .edit(TestService.OPERATOR, other, 1, null, List.of(Cidr.parse("198.51.100.0/24")), null);
        assertAllows(device);
    }

    private String list(String name) {
        return house.service
                .networkAccessLists()
                .create(TestService.OPERATOR, name, List.of(), false)
                .id();
    }

    @ParameterizedTest
    @ValueSource(strings = {RecordMapper.MEMBER, RecordMapper.TEMPORARY_DENY})
    void isUnreadableAlsoWhereItIsJsonThatLacksWhatItMustHave(String kind) {
        put(new PolicyRecord(kind, "broken", 1, "{}", Set.of(), Set.of(RecordMapper.deviceTerm("another"))));
        Device device = house.device("web-1");
        assertAllows(device);
    }

    @Test
    void showsNothingOfItselfInTheLog() {
        Device device = house.device("web-1");
        String lockdown = house.service
                .lockdowns()
                .start(TestService.OPERATOR, Set.of("env=test"), "drill")
                .id();
        corrupt(RecordMapper.LOCKDOWN, lockdown);
        corrupt(RecordMapper.DEVICE, device.id());
        try (LogLines lines = LogLines.of("io.panocrypt.policy")) {
            unlock(device);
            unlock(house.device("web-2"));
            assertTrue(
                    lines.texts().stream().anyMatch(line -> line.contains("lockdown " + lockdown)),
                    lines.texts()::toString);
            assertFalse(lines.texts().stream().anyMatch(line -> line.contains("secret")), lines.texts()::toString);
        }
    }
}
