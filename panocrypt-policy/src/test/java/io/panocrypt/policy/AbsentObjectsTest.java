package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.history.AuditRecord;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An act on something that is not there did not happen, and the audit must not show it. */
class AbsentObjectsTest {
    private static final String NONE = "4krtqnwzzzzb2c3d4e5f6g7h2a";

    private static final Map<String, BiConsumer<Panocrypt, Device>> REFUSED = new TreeMap<>(Map.ofEntries(
            Map.entry("retry a notice", (site, device) -> site.outbox().retry(OPERATOR, NONE)),
            Map.entry("drop a notice", (site, device) -> site.outbox().drop(OPERATOR, NONE)),
            Map.entry("reopen a contact", (site, device) -> site.contacts().reopen(OPERATOR, NONE)),
            Map.entry("cancel an allowance", (site, device) -> site.allowances().cancel(OPERATOR, device.id(), NONE)),
            Map.entry("lift a deny", (site, device) -> site.temporaryDenies().lift(OPERATOR, NONE)),
            Map.entry("lift a lockdown", (site, device) -> site.lockdowns().lift(OPERATOR, NONE)),
            Map.entry("remove a webhook", (site, device) -> site.webhooks().delete(OPERATOR, NONE)),
            Map.entry("rotate a secret", (site, device) -> site.webhooks().rotateSecret(OPERATOR, NONE)),
            Map.entry("remove a member", (site, device) -> site.members().delete(OPERATOR, NONE)),
            Map.entry("rotate a token", (site, device) -> site.members().rotateToken(OPERATOR, NONE, null)),
            Map.entry("remove a user group", (site, device) -> site.userGroups().delete(OPERATOR, NONE)),
            Map.entry("remove a group", (site, device) -> site.approvalGroups().delete(OPERATOR, NONE, false)),
            Map.entry(
                    "remove a list", (site, device) -> site.networkAccessLists().delete(OPERATOR, NONE)),
            Map.entry("remove a key", (site, device) -> site.enrollmentKeys().revoke(OPERATOR, NONE)),
            Map.entry("disable a device", (site, device) -> site.devices().disable(OPERATOR, NONE)),
            Map.entry(
                    "destroy keys", (site, device) -> site.devices().destroyGeneration(OPERATOR, device.id(), 9, 9))));

    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    private List<AuditRecord> audit() {
        return house.service.history().audit(null, 100).items();
    }

    static Stream<String> refused() {
        return REFUSED.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource
    void refused(String act) {
        List<AuditRecord> before = audit();
        OperationException refusal =
                assertThrows(OperationException.class, () -> REFUSED.get(act).accept(house.service, device));
        assertEquals(OperationException.Kind.NOT_FOUND, refusal.kind());
        assertEquals(before, audit());
    }

    @Test
    void liftingNothingIsNoAct() {
        List<AuditRecord> before = audit();
        assertFalse(house.service.temporaryDenies().lift(OPERATOR, device.id()));
        assertEquals(before, audit());
    }

    /** Finds the last of more dead letters than one page holds. */
    @Test
    void everyDeadLetterIsThere() {
        for (int i = 0; i < 1_001; i++) {
            house.memory.write(StoreWrite.of()
                    .enqueue(List.of(new OutboxEntry("n-" + i, "test", "{}")))
                    .build());
        }
        for (int lease = 0; lease < 2; lease++) {
            String name = "lease-" + lease;
            house.memory
                    .lease(name, Duration.ofMinutes(1), 1_000)
                    .forEach(
                            due -> house.memory.settle(name, due.entry().id(), new Settlement.Dead("test", List.of())));
        }
        house.service.outbox().drop(OPERATOR, "n-1000");
        assertEquals("outbox.drop", audit().get(0).action());
        List<AuditRecord> before = audit();
        assertThrows(OperationException.class, () -> house.service.outbox().drop(OPERATOR, "n-1000"));
        assertEquals(before, audit());
    }
}
