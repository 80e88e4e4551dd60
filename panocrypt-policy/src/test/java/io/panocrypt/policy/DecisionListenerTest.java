package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.AWAY;
import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.policy.internal.unlock.ListenerWorker;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionEvent.Fault;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DecisionListenerTest {
    private final TestService house = new TestService();
    private final Device device = house.device("web-1");
    private final BlockingQueue<DecisionEvent> heard = new LinkedBlockingQueue<>();

    /** A closed service has sent all its events, so unexpected ones are here. */
    @AfterEach
    void close() {
        house.close();
        assertEquals(List.of(), List.copyOf(heard), "events that nobody asked for");
    }

    private Panocrypt open(Store store, KeyCustody custody, DecisionListener... listeners) {
        Panocrypt.Builder builder = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(Duration.ofMillis(50))
                .limits(TestTimeout.SERVICE);
        for (DecisionListener listener : listeners) {
            builder.listener(listener);
        }
        return builder.build();
    }

    private Panocrypt open() {
        return open(house.memory, house.custody, heard::add);
    }

    private DecisionEvent next() throws InterruptedException {
        DecisionEvent event = heard.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS);
        assertNotNull(event, "nothing was heard");
        return event;
    }

    private void assertDecided(Outcome outcome, Reason reason, String source) throws InterruptedException {
        DecisionEvent.Decided event = assertInstanceOf(DecisionEvent.Decided.class, next());
        assertEquals(outcome, event.outcome());
        assertEquals(reason, event.reason());
        assertEquals(device.id(), event.deviceId());
        assertEquals(TestService.address(source), event.source());
        assertEquals(house.clock.instant(), event.time());
        assertTrue(event.deciding().toNanos() > 0);
        assertEquals(outcome == Outcome.ALLOWED, event.multiplying().isPresent());
        assertTrue(event.multiplying().orElse(Duration.ofNanos(1)).toNanos() > 0);
    }

    private void assertFailed(Fault fault, Optional<String> deviceId) throws InterruptedException {
        DecisionEvent.Failed event = assertInstanceOf(DecisionEvent.Failed.class, next());
        assertEquals(fault, event.fault());
        assertEquals(deviceId, event.deviceId());
        assertTrue(event.lasted().toNanos() > 0);
    }

    @Nested
    class Hears {
        @Test
        void whatWasDecidedAndWhy() throws InterruptedException {
            try (Panocrypt service = open()) {
                service.unlock(TestService.attempt(device, HOME));
                assertDecided(Outcome.ALLOWED, Reason.ALLOWED, HOME);
                service.unlock(TestService.attempt(device, AWAY));
                assertDecided(Outcome.DENIED, Reason.SOURCE_NOT_ALLOWED, AWAY);
                service.unlock(TestService.attempt(device, ""));
                assertDecided(Outcome.DENIED, Reason.SOURCE_NOT_ALLOWED, "");
                service.devices().disable(OPERATOR, device.id());
                service.unlock(TestService.attempt(device, HOME));
                assertDecided(Outcome.DENIED, Reason.DISABLED, HOME);
                service.allowances().grant(OPERATOR, device.id(), AllowanceRequest.defaults());
                service.unlock(TestService.attempt(device, HOME));
                assertDecided(Outcome.ALLOWED, Reason.ALLOWED_ONCE, HOME);
                service.unlock(TestService.attempt(device.token(), "no-such-key", HOME));
                assertDecided(Outcome.DENIED, Reason.UNKNOWN_KEY, HOME);
            }
        }

        @Test
        void eachOfManyEqualRefusalsAlthoughTheHistoryOnlyCountsThem() throws InterruptedException {
            try (Panocrypt service = open()) {
                for (int i = 0; i < 5; i++) {
                    service.unlock(TestService.attempt(device, AWAY));
                    assertDecided(Outcome.DENIED, Reason.SOURCE_NOT_ALLOWED, AWAY);
                }
            }
        }

        @Test
        void whoAskedTooOften() throws InterruptedException {
            try (Panocrypt service = open()) {
                int asked = 0;
                while (!(service.unlock(TestService.attempt(device, AWAY)) instanceof UnlockResult.Limited)) {
                    assertTrue(++asked < 10_000, "nobody is turned away");
                    next();
                }
                assertDecided(Outcome.DENIED, Reason.RATE_LIMITED, AWAY);
            }
        }

        @Test
        void unknownTokens() throws InterruptedException {
            try (Panocrypt service = open()) {
                service.unlock(TestService.attempt("a".repeat(26), "kid", HOME));
                assertInstanceOf(DecisionEvent.Unknown.class, next());
            }
        }

        @Test
        void whatIsCommittedAlready() throws InterruptedException {
            BlockingQueue<Integer> rows = new LinkedBlockingQueue<>();
            try (Panocrypt service = open(
                    house.memory,
                    house.custody,
                    event -> rows.add(house.history(device).size()))) {
                service.unlock(TestService.attempt(device, HOME));
                assertEquals(1, rows.poll(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            }
        }

        @Test
        void nothingOfAMalformedPoint() throws InterruptedException {
            try (Panocrypt service = open()) {
                String signing = device.advertised().get(0).signing().kid();
                assertInstanceOf(
                        UnlockResult.NotAnExchangeKey.class,
                        service.unlock(TestService.attempt(device.token(), signing, HOME)));
            }
        }

        @Test
        void noSecret() throws InterruptedException {
            try (Panocrypt service = open()) {
                service.unlock(TestService.attempt(device, HOME));
                String told = next().toString();
                assertFalse(told.contains(device.token()), told);
                assertFalse(told.contains(TestService.kid(device)), told);
            }
        }
    }

    @Nested
    class HearsErrorsApart {
        @Test
        void ofAStoreThatCannotBeRead() throws InterruptedException {
            ForwardingStore broken = new ForwardingStore(house.memory) {
                @Override
                public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
                    throw new StoreException("out of order, says the test");
                }
            };
            try (Panocrypt service = open(broken, house.custody, heard::add)) {
                service.unlock(TestService.attempt(device, HOME));
                assertFailed(Fault.STORE, Optional.empty());
            }
        }

        @Test
        void ofACommitWhoseOutcomeStaysUnknown() throws InterruptedException {
            ForwardingStore broken = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    throw new StoreException("out of order, says the test");
                }
            };
            try (Panocrypt service = open(broken, house.custody, heard::add)) {
                service.unlock(TestService.attempt(device, HOME));
                assertFailed(Fault.STORE, Optional.empty());
            }
        }

        @Test
        void ofPolicyThatKeepsChanging() throws InterruptedException {
            ForwardingStore busy = new ActStore(house.memory) {
                @Override
                protected WriteResult commit(StoreWrite commit) {
                    return new WriteResult.OtherEpoch();
                }
            };
            try (Panocrypt service = open(busy, house.custody, heard::add)) {
                service.unlock(TestService.attempt(device, HOME));
                assertFailed(Fault.CONTENTION, Optional.empty());
            }
        }

        @Test
        void ofACustodyThatFails() throws InterruptedException {
            try (Panocrypt service = open(house.memory, failingCustody(), heard::add)) {
                service.unlock(TestService.attempt(device, HOME));
                assertFailed(Fault.CUSTODY, Optional.of(device.id()));
            }
        }

        /** The entry about the lost use cannot be written either, but the fault is still the custody's. */
        @Test
        void ofACustodyThatFailsBesideTheStore() throws InterruptedException {
            ForwardingStore broken = new ActStore(house.memory) {
                @Override
                protected WriteResult append(StoreWrite write) {
                    throw new StoreException("out of order, says the test");
                }
            };
            try (Panocrypt service = open(broken, failingCustody(), heard::add)) {
                service.unlock(TestService.attempt(device, HOME));
                assertFailed(Fault.CUSTODY, Optional.of(device.id()));
            }
        }

        private KeyCustody failingCustody() {
            return new KeyCustody() {
                @Override
                public String fingerprint() {
                    return house.custody.fingerprint();
                }

                @Override
                public CustodyKey generate(KeyLabel label) {
                    return house.custody.generate(label);
                }

                @Override
                public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
                    throw new CustodyException("no key, says the test", new IllegalStateException());
                }

                @Override
                public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
                    return house.custody.sign(label, key, input);
                }
            };
        }
    }

    @Nested
    class ChangesNoAnswer {
        @Test
        void byWhatItThrows() throws InterruptedException {
            AtomicInteger calls = new AtomicInteger();
            DecisionListener throwing = event -> {
                if (calls.incrementAndGet() % 2 == 0) {
                    throw new AssertionError("says the test");
                }
                throw new IllegalStateException("says the test");
            };
            try (Panocrypt service = open(house.memory, house.custody, throwing, heard::add, throwing)) {
                for (int i = 0; i < 4; i++) {
                    assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(device, HOME)));
                    assertDecided(Outcome.ALLOWED, Reason.ALLOWED, HOME);
                }
            }
            assertEquals(8, calls.get(), "it is called again all the same");
        }

        @Test
        void byHangingAndIsToldWhatItMissed() throws InterruptedException {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch hanging = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1 + ListenerWorker.MAX_WAITING);
            AtomicLong lost = new AtomicLong();
            DecisionListener slow = new DecisionListener() {
                @Override
                public void onEvent(DecisionEvent event) {
                    hanging.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    told.countDown();
                }

                @Override
                public void onLost(long number) {
                    lost.addAndGet(number);
                }
            };
            String nobody = "a".repeat(26);
            int more = ListenerWorker.MAX_WAITING + 100;
            try (Panocrypt service = open(house.memory, house.custody, slow, heard::add)) {
                service.unlock(TestService.attempt(nobody, "kid", HOME));
                next();
                assertTrue(hanging.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
                for (int i = 0; i < more; i++) {
                    assertInstanceOf(
                            UnlockResult.NotFound.class, service.unlock(TestService.attempt(nobody, "kid", HOME)));
                    next();
                }
                release.countDown();
                assertTrue(told.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(100, lost.get());
        }
    }

    @Test
    void hearsWhatWaitsBeforeItIsClosed() {
        AtomicInteger told = new AtomicInteger();
        try (Panocrypt service = open(house.memory, house.custody, event -> told.incrementAndGet())) {
            for (int i = 0; i < 200; i++) {
                service.unlock(TestService.attempt("a".repeat(26), "kid", HOME));
            }
        }
        assertEquals(200, told.get());
    }
}
