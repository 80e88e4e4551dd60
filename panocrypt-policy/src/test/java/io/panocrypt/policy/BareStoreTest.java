package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.Webhook;
import io.panocrypt.policy.model.delivery.DeadNotices;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A service on a store that keeps no outbox and truncates no chain. */
class BareStoreTest {
    private static final String NO_OUTBOX = "the store keeps no outbox, so nobody is notified";

    private final TestService house = new TestService();
    private final List<StoreWrite> writes = new ArrayList<>();
    private final ForwardingStore bare = new ForwardingStore(house.memory) {
        @Override
        public Optional<OutboxStore> outbox() {
            return Optional.empty();
        }

        @Override
        public boolean truncates() {
            return false;
        }

        @Override
        public WriteResult write(StoreWrite write) {
            writes.add(write);
            return super.write(write);
        }
    };

    @AfterEach
    void close() {
        house.close();
    }

    private static void assertRefused(String problem, Executable act) {
        OperationException refusal = assertThrows(OperationException.class, act);
        assertTrue(refusal.getMessage().contains(problem), refusal.getMessage());
    }

    private Panocrypt.Builder settings() {
        return Panocrypt.builder()
                .store(bare)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO);
    }

    @Test
    void decidesAndIsEditedWithoutOutboxEntriesAndTruncations() {
        try (Panocrypt service = settings().build()) {
            Device device = service.devices().create(OPERATOR, TestService.wanted("web-1"));
            assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(device, HOME)));
            service.devices().disable(OPERATOR, device.id());
            assertEquals(new UnlockResult.Refused(Reason.DISABLED), service.unlock(TestService.attempt(device, HOME)));
            service.reportForwardingHeader(IpAddress.parse("203.0.113.9"));
            assertEquals(0, service.outbox().workOff());
            assertEquals(Optional.empty(), service.unreadyReason());
            service.history().checkpoint();
            assertTrue(service.history().verify().intact());
        }
        assertTrue(writes.stream().allMatch(write -> write.outbox().isEmpty() && write.truncation() == null));
    }

    @Test
    void saysThatThereIsNoOutbox() {
        try (Panocrypt service = settings().build()) {
            assertEquals(List.of(NO_OUTBOX), service.warnings());
            assertEquals(List.of(), house.service.warnings());
            assertRefused(NO_OUTBOX, () -> service.outbox().status());
            assertRefused(NO_OUTBOX, () -> service.outbox().deadLetters(null, 10));
            assertRefused(NO_OUTBOX, () -> service.outbox().retry(OPERATOR, "n"));
            assertRefused(NO_OUTBOX, () -> service.outbox().drop(OPERATOR, "n"));
            Webhook webhook = new Webhook("w", URI.create("https://192.0.2.7/"), new TreeSet<>(), Instant.EPOCH, 1);
            assertEquals(DeadNotices.NONE, service.outbox().deadOfWebhooks().apply(webhook));
        }
    }

    @Test
    void refusesWhoWouldWaitForANotice() {
        try (Panocrypt service = settings().build()) {
            assertRefused(
                    NO_OUTBOX, () -> service.webhooks().create(OPERATOR, URI.create("https://192.0.2.7/"), List.of()));
            MemberChange reachable = new MemberChange("ada", Role.APPROVER, List.of("mailto:ada@example.org"));
            assertRefused(NO_OUTBOX, () -> service.members().create(OPERATOR, reachable, null));
            service.members().create(OPERATOR, new MemberChange("ada", Role.APPROVER, List.of()), null);
        }
    }

    @Test
    void refusesNotifiersAtBuild() {
        Panocrypt.Builder settings = settings()
                .notifier(OperatorActs.silent("mailto"))
                .webhookNotifier(secrets -> OperatorActs.silent("https"))
                .pushNotifier(key -> OperatorActs.silent("push"));
        assertEquals(
                List.of(
                        "notifier needs an outbox, and the store keeps none",
                        "webhookNotifier needs an outbox, and the store keeps none",
                        "pushNotifier needs an outbox, and the store keeps none"),
                settings.problems());
        assertThrows(IllegalArgumentException.class, settings::build);
    }

    @Test
    void refusesToRemoveHistory() {
        Panocrypt.Builder settings = settings().historyRetention(Duration.ofDays(30));
        assertEquals(
                List.of("historyRetention must be zero, because the store cannot remove history"), settings.problems());
        assertThrows(IllegalArgumentException.class, settings::build);
        try (Panocrypt service = settings().build()) {
            Instant old = house.clock.instant().minus(Duration.ofDays(2));
            assertRefused(
                    "the store cannot remove history", () -> service.history().cutBefore(OPERATOR, old));
        }
    }
}
