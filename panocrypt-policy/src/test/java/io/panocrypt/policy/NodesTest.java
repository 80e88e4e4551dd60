package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class NodesTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");

    @AfterEach
    void close() {
        house.close();
    }

    @Nested
    class WhenTheServiceStartsAgain {
        @Test
        void goesOnWhereItWas() throws Exception {
            var bound = house.bind(device);
            house.service.close();
            try (Panocrypt again = house.open(house.memory, house.custody)) {
                assertInstanceOf(UnlockResult.Answered.class, again.unlock(TestService.attempt(device, HOME)));
                assertTrue(again.history().verify().intact());
                assertTrue(house.boot(device, bound, HOME));
            }
        }

        @Test
        void refusesAnotherMasterKey() {
            try (MasterKey other = TestService.newMasterKey()) {
                KeyCustody foreign = new SealedKeyCustody(other, TestService.ENGINE, TestService.RANDOM);
                IllegalStateException refusal =
                        assertThrows(IllegalStateException.class, () -> house.open(house.memory, foreign));
                assertTrue(refusal.getMessage().contains("another master key"), refusal.getMessage());
            }
        }

        @Test
        void refusesStoreThatHasDevicesAndNoSite() {
            ForwardingStore beheaded = new ForwardingStore(house.memory) {
                @Override
                public Optional<PolicyRecord> get(String kind, String id) {
                    return kind.equals("site") ? Optional.empty() : super.get(kind, id);
                }
            };
            assertFalse(Panocrypt.isNew(beheaded));
            assertThrows(IllegalStateException.class, () -> house.open(beheaded, house.custody));
        }

        @Test
        void makesTheSiteOnce() {
            house.open(house.memory, house.custody).close();
            assertEquals(
                    1,
                    house.service.history().audit(null, 100).items().stream()
                            .filter(row -> row.action().equals("site.create"))
                            .count());
            assertFalse(Panocrypt.isNew(house.memory));
        }

        @Test
        void namesEveryProblemOfItsConfiguration() {
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> Panocrypt.builder()
                            .publicUrl(URI.create("ftp://x/"))
                            .commitTimeout(Duration.ofSeconds(-1))
                            .build());
            assertEquals(4, refusal.getMessage().split("; ").length, refusal.getMessage());
        }
    }

    @Nested
    class WhenTwoNodesShareOneStore {
        @Test
        void seesEachOthersEditsAtOnce() {
            try (Panocrypt other = house.open(house.memory, house.custody)) {
                assertInstanceOf(UnlockResult.Answered.class, other.unlock(TestService.attempt(device, HOME)));
                var lockdown = house.service.lockdowns().start(OPERATOR, List.of(), "incident");
                assertEquals(
                        new UnlockResult.Refused(Reason.LOCKDOWN), other.unlock(TestService.attempt(device, HOME)));
                other.lockdowns().lift(OPERATOR, lockdown.id());
                assertInstanceOf(UnlockResult.Answered.class, house.unlock(device, HOME));
                other.devices().rotateKeys(OPERATOR, device.id());
                assertEquals(
                        List.of(true, false),
                        house.current(device).keys().stream()
                                .map(key -> key.hidden())
                                .toList());
                other.devices().revoke(OPERATOR, device.id(), "web-1");
                assertEquals(Optional.empty(), house.service.advertisement(device.token(), null));
                assertEquals(new UnlockResult.NotFound(), house.unlock(device, HOME));
            }
        }
    }

    @Test
    void closesUnderNoCheckpoint() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ForwardingStore store = new ActStore(house.memory) {
            @Override
            protected WriteResult append(StoreWrite write) {
                running.incrementAndGet();
                begun.countDown();
                await(goOn);
                WriteResult result = super.append(write);
                running.decrementAndGet();
                return result;
            }
        };
        Panocrypt node = Panocrypt.builder()
                .store(store)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80"))
                .checkpointInterval(Duration.ofMillis(1))
                .limits(TestTimeout.SERVICE)
                .build();
        assertTrue(begun.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        AtomicInteger left = new AtomicInteger();
        Thread closing = new Thread(() -> {
            node.close();
            left.set(running.get());
        });
        closing.start();
        while (closing.getState() == Thread.State.NEW || closing.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        closing.join();
        assertEquals(0, left.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
