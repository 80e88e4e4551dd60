package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.internal.records.Budget;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices by the beginning of their names. */
class DevicePrefixTest {
    private final TestService house = new TestService();
    private final Devices devices = house.service.devices();

    @AfterEach
    void close() {
        house.close();
    }

    private static Devices.Filter named(String prefix) {
        return new Devices.Filter(null, null, null, prefix, null, null);
    }

    private static List<String> names(Page<Device> page) {
        return page.items().stream().map(Device::name).toList();
    }

    private List<String> pages(Devices.Filter filter, int limit) {
        List<String> names = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<Device> page = devices.list(filter, cursor.orElse(null), limit);
            names.addAll(names(page));
            cursor = page.nextCursor();
        } while (cursor.isPresent());
        return names;
    }

    @Test
    void areListedByName() {
        List.of("web.a", "web-2", "db-1", "web-10", "web-1", "web").forEach(house::device);
        List<String> expected = List.of("web", "web-1", "web-10", "web-2", "web.a");
        for (int limit : new int[] {1, 2, 4, 5, 6, 1000}) {
            assertEquals(expected, pages(named("web"), limit), "pages of " + limit);
        }
        assertEquals(List.of("web-1", "web-10"), pages(named("web-1"), 10));
        assertEquals(6, pages(named(""), 4).size());
        assertEquals(List.of(), pages(named("x"), 10));
        assertEquals(List.of(), pages(named("WEB"), 10));
        assertEquals(5, devices.list(named("web"), null, 10).examined());
    }

    @Test
    void areFoundByThePresentName() {
        Device renamed = house.device("web-1");
        Device revoked = house.device("web-2");
        devices.revoke(OPERATOR, revoked.id(), "web-2");
        assertEquals(List.of("web-1"), pages(named("web"), 10));
        devices.edit(
                OPERATOR, renamed.id(), renamed.version(), DeviceChange.none().withName("api-1"), false);
        assertEquals(List.of(), pages(named("web"), 10));
        assertEquals(List.of("api-1"), pages(named("a"), 10));
    }

    @Test
    void areFilteredToo() {
        house.device("web-1");
        Device tagged = house.device("web-2");
        devices.edit(
                OPERATOR, tagged.id(), tagged.version(), DeviceChange.none().withTags("rack=1"), false);
        Device off = house.device("web-3");
        devices.disable(OPERATOR, off.id());
        assertEquals(List.of("web-2"), pages(new Devices.Filter(null, "rack=1", null, "web", null, null), 1));
        assertEquals(
                List.of("web-3"), pages(new Devices.Filter(null, null, DeviceState.DISABLED, "web", null, null), 1));
        assertEquals(List.of("web-2"), pages(new Devices.Filter(null, null, null, "web", "2", null), 10));
        assertEquals(List.of(), pages(new Devices.Filter("web-1", null, null, "db", null, null), 10));
    }

    @Test
    void haveCursorsOfTheirOwn() {
        house.device("web-1");
        for (String cursor : List.of("", "!", "d2ViLTE=", "_w", "w".repeat(200))) {
            OperationException refused = assertThrows(
                    OperationException.class, () -> devices.list(named("web"), cursor.isEmpty() ? "=" : cursor, 10));
            assertEquals(List.of("no such cursor"), refused.problems());
        }
    }

    @Test
    void areSearchedWithinABudget() {
        fill(1_200);
        ForwardingStore slow = new ForwardingStore(house.memory) {
            @Override
            public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
                house.clock.advance(Budget.MAX_TIME);
                return super.scan(kind, term, after, limit);
            }
        };
        try (Panocrypt other = house.open(slow, house.custody)) {
            Devices.Filter last = new Devices.Filter(null, null, null, null, "host-1199", null);
            Page<Device> first = other.devices().list(last, null, 10);
            assertEquals(List.of(), first.items());
            assertEquals(500, first.examined());
            Page<Device> second = other.devices().list(last, first.nextCursor().orElseThrow(), 10);
            Page<Device> third = other.devices().list(last, second.nextCursor().orElseThrow(), 10);
            assertEquals(List.of("host-1199"), names(third));
            assertTrue(third.nextCursor().isEmpty());
        }
    }

    private void fill(int number) {
        Device template = house.device("template");
        PolicyRecord record =
                house.memory.get(PolicyRecord.DEVICE, template.id()).orElseThrow();
        devices.revoke(OPERATOR, template.id(), "template");
        List<PolicyRecord> copies = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String id = String.format(Locale.ROOT, "zdevice%019d", i);
            String token = String.format(Locale.ROOT, "token%021d", i);
            String name = String.format(Locale.ROOT, "host-%04d", i);
            Set<String> unique = record.uniqueTerms().stream()
                    .map(term -> term.replace(template.token(), token).replace("template", name))
                    .collect(Collectors.toSet());
            String body = record.body()
                    .replace(template.id(), id)
                    .replace(template.token(), token)
                    .replace("template", name);
            copies.add(new PolicyRecord(PolicyRecord.DEVICE, id, 1, body, unique, record.terms()));
        }
        house.memory.restore(copies, List.of());
    }
}
