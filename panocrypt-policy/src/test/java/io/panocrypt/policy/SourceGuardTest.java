package io.panocrypt.policy;

import static io.panocrypt.policy.TestPeople.assertRefused;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.EnrollmentAttempt;
import io.panocrypt.policy.model.EnrollmentKeyRequest;
import io.panocrypt.policy.model.NetworkAccessList;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.OperationException.Kind;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A device that is effectively open, by many blocks or by its lists together, needs an acknowledgement. */
class SourceGuardTest {
    private static final String[] EVERYTHING =
            IntStream.range(0, 256).mapToObj(first -> first + ".0.0.0/8").toArray(String[]::new);

    private final TestPeople household = new TestPeople();
    private final TestService house = household.house;
    private final Devices devices = household.service.devices();
    private final NetworkAccessLists lists = household.service.networkAccessLists();

    @AfterEach
    void close() {
        household.close();
    }

    private static List<Cidr> cidrs(String... texts) {
        return List.of(texts).stream().map(Cidr::parse).toList();
    }

    private static DeviceChange wanted() {
        return TestService.wanted("many");
    }

    private NetworkAccessList list(String name, String... cidrs) {
        return lists.create(OPERATOR, name, cidrs(cidrs), false);
    }

    private NetworkAccessList edit(NetworkAccessList list, String... cidrs) {
        return lists.edit(OPERATOR, list.id(), list.version(), null, cidrs(cidrs), null);
    }

    @Test
    void refusesAllOfTheInternetInPieces() {
        assertRefused(Kind.INVALID, () -> devices.create(OPERATOR, wanted().withSources(EVERYTHING)));
        assertRefused(Kind.INVALID, () -> list("pieces", EVERYTHING));
        assertRefused(
                Kind.INVALID,
                () -> household
                        .service
                        .enrollmentKeys()
                        .create(
                                OPERATOR,
                                EnrollmentKeyRequest.of("k", DeviceChange.none().withSources(EVERYTHING))));
        devices.create(OPERATOR, wanted().withSources(EVERYTHING).withRequireApproval(true));
        assertEquals(
                256,
                lists.create(OPERATOR, "pieces", cidrs(EVERYTHING), true)
                        .cidrs()
                        .size());
    }

    @Test
    void refusesAnEditThatTakesTheExcuseAway() {
        Device device =
                devices.create(OPERATOR, wanted().withSources(EVERYTHING).withRequireApproval(true));
        DeviceChange excuseGone = DeviceChange.none().withRequireApproval(false);
        assertRefused(Kind.INVALID, () -> devices.edit(OPERATOR, device.id(), device.version(), excuseGone, true));
    }

    @Nested
    class TogetherWithLists {
        private final NetworkAccessList office = list("office", "11.0.0.0/8");
        private final NetworkAccessList branch = list("branch", "12.0.0.0/24");

        @Test
        void refusesBlocksThatAreOpenTogetherWithAList() {
            DeviceChange both = wanted().withSources("10.0.0.0/8").withNetworkAccessLists(office.id());
            assertRefused(Kind.INVALID, () -> devices.create(OPERATOR, both));
            assertRefused(
                    Kind.INVALID,
                    () -> devices.create(
                            OPERATOR, wanted().withSources().withNetworkAccessLists(office.id(), branch.id())));
            assertRefused(
                    Kind.INVALID,
                    () -> household.service.enrollmentKeys().create(OPERATOR, EnrollmentKeyRequest.of("k", both)));
            Device device = devices.create(OPERATOR, wanted().withSources("10.0.0.0/8"));
            DeviceChange refer = DeviceChange.none().withNetworkAccessLists(office.id());
            assertRefused(Kind.INVALID, () -> devices.edit(OPERATOR, device.id(), device.version(), refer, false));
        }

        @Test
        void doesNotCountAListThatSomebodyHasAcknowledged() {
            NetworkAccessList open = lists.create(OPERATOR, "open", cidrs("0.0.0.0/0"), true);
            devices.create(OPERATOR, wanted().withSources("10.0.0.0/8").withNetworkAccessLists(open.id()));
        }

        @Test
        void refusesAnEditOfAListThatOpensADeviceOrAKey() {
            devices.create(OPERATOR, wanted().withSources("10.0.0.0/8").withNetworkAccessLists());
            Device device = devices.create(
                    OPERATOR,
                    TestService.wanted("refers").withSources("10.0.0.0/9").withNetworkAccessLists(branch.id()));
            OperationException refused = assertRefused(Kind.CONFLICT, () -> edit(branch, "12.0.0.0/8"));
            assertTrue(refused.getMessage().startsWith("1 devices or enrollment keys would be open"));
            household
                    .service
                    .enrollmentKeys()
                    .create(
                            OPERATOR,
                            EnrollmentKeyRequest.of(
                                    "k",
                                    DeviceChange.none()
                                            .withSources("10.0.0.0/9")
                                            .withNetworkAccessLists(branch.id())));
            assertTrue(assertRefused(Kind.CONFLICT, () -> edit(branch, "12.0.0.0/8"))
                    .getMessage()
                    .startsWith("2 devices or enrollment keys"));
            assertEquals(branch, lists.get(branch.id()), "nothing has changed");
            devices.revoke(OPERATOR, device.id(), device.name());
            assertTrue(assertRefused(Kind.CONFLICT, () -> edit(branch, "12.0.0.0/8"))
                    .getMessage()
                    .startsWith("1 devices or enrollment keys"));
            lists.edit(OPERATOR, branch.id(), branch.version(), null, cidrs("12.0.0.0/8"), true);
        }

        @Test
        void refusesToTakeAnAcknowledgementBackThatADeviceNeeds() {
            NetworkAccessList half = lists.create(OPERATOR, "half", cidrs("12.0.0.0/8"), true);
            devices.create(OPERATOR, wanted().withSources("10.0.0.0/9").withNetworkAccessLists(half.id()));
            assertRefused(Kind.CONFLICT, () -> lists.edit(OPERATOR, half.id(), half.version(), null, null, false));
        }
    }

    private Device storedOpen() {
        Device made = devices.create(OPERATOR, wanted().withSources("10.0.0.0/8"));
        String pieces = Arrays.stream(EVERYTHING)
                .map(block -> "{\"cidr\":\"" + block + "\",\"registered\":false}")
                .collect(Collectors.joining(","));
        household.rewrite(RecordMapper.DEVICE, made.id(), "{\"cidr\":\"10.0.0.0/8\",\"registered\":false}", pieces);
        return devices.get(made.id());
    }

    @Test
    void leavesWhatAnOlderVersionStoredAsLongAsItsSourcesStay() {
        Device open = storedOpen();
        Device edited = devices.edit(OPERATOR, open.id(), 2, DeviceChange.none().withVolumes(2), false);
        assertEquals(256, edited.sources().size());
        assertRefused(
                Kind.INVALID,
                () -> devices.edit(
                        OPERATOR, open.id(), 3, DeviceChange.none().withSources("10.0.0.0/8", "11.0.0.0/8"), false));
        assertTrue(
                devices.warnings(edited).stream().anyMatch(warning -> warning.startsWith("0.0.0.0/8 to 255.0.0.0/8")));
    }

    @Test
    void admitsTheRegisteredAddressBesideAWholeBlock() {
        EnrollmentKeys.Issued key = household
                .service
                .enrollmentKeys()
                .create(
                        OPERATOR,
                        EnrollmentKeyRequest.of("k", DeviceChange.none().withSources("10.0.0.0/8"))
                                .withRegisterSource(true));
        Device device = household
                .service
                .enroll(new EnrollmentAttempt(key.secret(), "web-9", Optional.of(IpAddress.parse("192.0.2.7")), false))
                .orElseThrow();
        assertEquals(2, device.sources().size());
        assertTrue(house.service.devices().get(device.id()).sources().get(1).registered());
    }
}
