package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedObjectsTest {
    private final TestService house = new TestService();
    private final io.panocrypt.policy.Devices devices = house.service.devices();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private static OperationException assertRefused(OperationException.Kind kind, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        return refusal;
    }

    @Nested
    class Lists {
        @Test
        void actAtOnceOnEveryDevice() {
            var list = house.service
                    .networkAccessLists()
                    .create(OPERATOR, "office", List.of(Cidr.parse("192.0.2.0/24")), false);
            devices.edit(OPERATOR, device.id(), 1, DeviceChange.none().withNetworkAccessLists(list.id()), false);
            assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, AWAY));
            house.service.networkAccessLists().edit(OPERATOR, list.id(), 1, null, List.of(), null);
            assertEquals(new UnlockResult.Refused(Reason.SOURCE_NOT_ALLOWED), house.unlock(device, AWAY));
            assertRefused(
                    OperationException.Kind.STALE,
                    () -> house.service.networkAccessLists().edit(OPERATOR, list.id(), 1, "x", null, null));
            assertRefused(
                    OperationException.Kind.TAKEN,
                    () -> house.service.networkAccessLists().create(OPERATOR, "office", List.of(), false));
        }

        @Test
        void refuseOpenBlocksUnlessAcknowledged() {
            List<Cidr> open = List.of(Cidr.parse("0.0.0.0/0"));
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.networkAccessLists().create(OPERATOR, "all", open, false));
            var made = house.service.networkAccessLists().create(OPERATOR, "all", open, true);
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.networkAccessLists().edit(OPERATOR, made.id(), 1, null, null, false));
        }
    }

    @Nested
    class Paging {
        @Test
        void goesThroughEverythingOnce() {
            for (int i = 2; i < 8; i++) {
                house.clock.advance(Duration.ofMillis(1));
                devices.create(OPERATOR, TestService.wanted("web-" + i).withTags(i % 2 == 0 ? "even" : "odd"));
            }
            StringBuilder names = new StringBuilder();
            String cursor = null;
            do {
                var page = devices.list(io.panocrypt.policy.Devices.Filter.ALL, cursor, 2);
                page.items().forEach(found -> names.append(found.name()).append(' '));
                cursor = page.nextCursor().orElse(null);
            } while (cursor != null);
            assertEquals("web-1 web-2 web-3 web-4 web-5 web-6 web-7 ", names.toString());
            var even = new io.panocrypt.policy.Devices.Filter(null, "even", DeviceState.ACTIVE, null, "web", null);
            assertEquals(3, devices.list(even, null, 10).items().size());
            assertEquals(1, devices.list(even, null, 1).items().size());
            var named = new io.panocrypt.policy.Devices.Filter(null, null, null, null, "-7", null);
            assertEquals("web-7", devices.list(named, null, 1).items().get(0).name());
        }

        @Test
        void goesThroughTheHistoryNewestFirst() {
            for (int i = 0; i < 5; i++) {
                house.unlock(device, "10.0.0." + i);
            }
            StringBuilder sources = new StringBuilder();
            String cursor = null;
            do {
                var page = house.service.history().unlocks(null, cursor, 2);
                page.items()
                        .forEach(row ->
                                sources.append(row.source().orElseThrow()).append(' '));
                cursor = page.nextCursor().orElse(null);
            } while (cursor != null);
            assertEquals("10.0.0.4 10.0.0.3 10.0.0.2 10.0.0.1 10.0.0.0 ", sources.toString());
        }

        @ParameterizedTest
        @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1001})
        void refusesLimits(int limit) {
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> devices.list(io.panocrypt.policy.Devices.Filter.ALL, null, limit));
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.lockdowns().list(null, limit));
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.networkAccessLists().list(null, limit));
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.history().unlocks(null, null, limit));
            assertRefused(
                    OperationException.Kind.INVALID,
                    () -> house.service.history().audit(null, limit));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "%", "MS8x", "MS8xL3g_"})
        void refusesForeignCursors(String cursor) {
            if (cursor.equals("MS8xL3g_")) {
                assertEquals(
                        List.of(),
                        house.service.history().unlocks(null, cursor, 5).items());
            } else {
                assertRefused(
                        OperationException.Kind.INVALID,
                        () -> house.service.history().unlocks(null, cursor, 5));
            }
        }
    }

    @Nested
    class Administrators {
        @Test
        void getsOneFirstAdministratorOnly() {
            String token = house.service.members().createFirstAdministrator().orElseThrow();
            assertEquals(Optional.empty(), house.service.members().createFirstAdministrator());
            assertTrue(house.service.members().authenticate(token).isPresent());
            String next = house.service.members().replaceAdministratorToken();
            assertEquals(Optional.empty(), house.service.members().authenticate(token));
            assertTrue(house.service.members().authenticate(next).isPresent());
            assertEquals(Optional.empty(), house.service.members().authenticate(""));
        }
    }
}
