package io.panocrypt.policy;

import static io.panocrypt.policy.TestService.HOME;
import static io.panocrypt.policy.TestService.OPERATOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.tang.JwsSigner;
import io.panocrypt.policy.internal.masterkey.RunningNodes;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.MasterKeyStatus;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.notify.ContactSecrets;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MasterKeysTest {
    private static final Duration SETTLED = Duration.ofMinutes(1);
    private static final URI RECEIVER = URI.create("https://receiver.example.org/");

    private final TestService house = new TestService();
    private final MasterKey newKey = TestService.newMasterKey();
    private final KeyCustody both = custody(newKey, house.master);
    private final KeyCustody onlyNew = custody(newKey);
    private final List<Panocrypt> opened = new ArrayList<>();
    private Optional<ContactSecrets> secrets = Optional.empty();
    private final List<JwsSigner> push = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Panocrypt::close);
        house.close();
        newKey.close();
    }

    private static KeyCustody custody(MasterKey key, MasterKey... previous) {
        return new SealedKeyCustody(key, List.of(previous), TestService.ENGINE, TestService.RANDOM);
    }

    /** A service with webhooks and push messages. */
    private Panocrypt open(Store store, KeyCustody custody, Duration interval) {
        Panocrypt service = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(interval)
                .noticeInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .webhookNotifier(found -> {
                    secrets = Optional.of(found);
                    return OperatorActs.silent("https");
                })
                .pushNotifier(key -> {
                    push.add(key);
                    return OperatorActs.silent("webpush");
                })
                .build();
        opened.add(service);
        return service;
    }

    private Panocrypt open(KeyCustody custody) {
        return open(house.memory, custody, Duration.ZERO);
    }

    private RunningNodes node(KeyCustody custody, String id) {
        return new RunningNodes(house.memory, house.clock, custody, id, Duration.ofMinutes(1));
    }

    /** Begins and ends a re-wrap. */
    private void rewrap(Panocrypt service) {
        service.masterKeys().rewrap(OPERATOR);
        house.clock.advance(SETTLED);
        service.masterKeys().rewrap(OPERATOR);
        assertTrue(service.masterKeys().status().settled(), "the re-wrap has not ended");
    }

    private static void assertUnlocks(Panocrypt service, Device device) {
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(device, HOME)));
    }

    private static String refusal(Panocrypt service) {
        OperationException refusal = assertThrows(
                OperationException.class, () -> service.masterKeys().rewrap(OPERATOR));
        assertEquals(OperationException.Kind.CONFLICT, refusal.kind());
        return refusal.getMessage();
    }

    @Test
    void sealsEveryKeyAgainAndChangesNone() {
        Device device = house.device("web-1");
        house.service.devices().rotateKeys(OPERATOR, device.id());
        Panocrypt before = open(house.custody);
        Webhooks.Issued hook = before.webhooks().create(OPERATOR, RECEIVER, Set.of());
        String pushKey = before.contacts().pushKey().orElseThrow();
        List<?> publicKeys = house.current(device).keys();

        Panocrypt during = open(both);
        assertEquals(0, during.masterKeys().status().previous().size());
        rewrap(during);
        // Two generations of two keys, two of the webhook, one for push, one for checkpoints.
        assertEquals(8, during.masterKeys().status().keys());

        Panocrypt after = open(onlyNew);
        assertEquals(newKey.fingerprint(), after.masterKeys().status().fingerprint());
        assertTrue(after.masterKeys().status().settled());
        assertEquals(publicKeys, after.devices().get(device.id()).keys());
        assertUnlocks(after, after.devices().get(device.id()));
        assertEquals(List.of(hook.secret()), secrets.orElseThrow().find(RECEIVER));
        assertEquals(pushKey, after.contacts().pushKey().orElseThrow());
        JwsSigner signer = push.get(push.size() - 1);
        assertTrue(signer.key().verify(new byte[] {1}, signer.sign(new byte[] {1})));
        assertTrue(after.history().verify().intact(), "the journal does not verify");
        assertInstanceOf(UnlockResult.Unavailable.class, house.unlock(device, HOME), "a node with the old key only");
    }

    @Test
    void isRecordedWithTheOperator() {
        rewrap(open(both));
        List<String> actions = house.service.history().audit(null, 10).items().stream()
                .filter(row -> row.action().contains("rewrap"))
                .map(row -> row.actor() + " " + row.action())
                .toList();
        assertEquals(List.of("service site.end-rewrap", "host site.rewrap", "host site.prepare-rewrap"), actions);
    }

    @Test
    void keepsToTheOldKeyUntilItBegins() {
        Panocrypt during = open(both);
        Device device = during.devices().create(OPERATOR, TestService.wanted("web-1"));
        assertUnlocks(house.service, device);
        MasterKeyStatus status = during.masterKeys().status();
        assertEquals(house.master.fingerprint(), status.fingerprint());
        assertEquals(newKey.fingerprint(), status.offered());
        assertEquals(0, status.remaining());
        during.masterKeys().rewrap(OPERATOR);
        Device later = during.devices().create(OPERATOR, TestService.wanted("web-2"));
        assertEquals(0, during.masterKeys().status().remaining());
        assertInstanceOf(UnlockResult.Unavailable.class, house.service.unlock(TestService.attempt(later, HOME)));
    }

    @Test
    void endsNotBeforeEditsFromBeforeHaveEnded() {
        Panocrypt during = open(both);
        house.device("web-1");
        during.masterKeys().rewrap(OPERATOR);
        during.masterKeys().rewrap(OPERATOR);
        MasterKeyStatus status = during.masterKeys().status();
        assertEquals(0, status.remaining());
        assertEquals(List.of(house.master.fingerprint()), status.previous());
        assertFalse(status.settled(), "the previous key may still be used");
    }

    @Test
    void refusesANodeThatLacksAKey() {
        Panocrypt during = open(both);
        during.masterKeys().rewrap(OPERATOR);
        IllegalStateException withoutOld = assertThrows(IllegalStateException.class, () -> open(onlyNew));
        assertTrue(withoutOld.getMessage().contains(house.master.fingerprint()), withoutOld.getMessage());
        IllegalStateException withoutNew = assertThrows(IllegalStateException.class, () -> open(house.custody));
        assertTrue(withoutNew.getMessage().contains(newKey.fingerprint()), withoutNew.getMessage());
        IllegalStateException withNeither =
                assertThrows(IllegalStateException.class, () -> open(custody(TestService.newMasterKey())));
        assertTrue(withNeither.getMessage().contains("another master key"), withNeither.getMessage());
    }

    @Test
    void beginsNotWhileARunningNodeLacksTheNewKey() {
        Panocrypt during = open(both);
        RunningNodes old = node(house.custody, "node-old");
        old.announce();
        node(both, "node-new").announce();
        long before = house.memory.get(RecordMapper.SITE, "site").orElseThrow().version();
        assertTrue(refusal(during).contains("node-old"), "the message does not name the node");
        assertEquals(
                before,
                house.memory.get(RecordMapper.SITE, "site").orElseThrow().version());
        old.withdraw();
        during.masterKeys().rewrap(OPERATOR);
        assertEquals(newKey.fingerprint(), during.masterKeys().status().fingerprint());
    }

    @Test
    void forgetsANodeThatWasKilled() {
        Panocrypt during = open(both);
        node(house.custody, "node-old").announce();
        house.clock.advance(Duration.ofMinutes(5));
        rewrap(during);
        house.clock.advance(Duration.ofHours(2));
        node(both, "node-new").announce();
        assertEquals(Optional.empty(), house.memory.get(RecordMapper.NODE, "node-old"));
    }

    @Test
    void beginsNotWhenANodeStartsInBetween() {
        AtomicInteger writes = new AtomicInteger();
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                WriteResult result = super.write(write);
                // Right after the first write of the re-wrap.
                if (!write.entries().isEmpty() && writes.getAndIncrement() == 0) {
                    node(house.custody, "node-old").announce();
                }
                return result;
            }
        };
        Device device = house.device("web-1");
        Panocrypt during = open(store, both, Duration.ZERO);
        writes.set(0);
        assertTrue(refusal(during).contains("node-old"));
        MasterKeyStatus status = during.masterKeys().status();
        assertEquals(house.master.fingerprint(), status.fingerprint());
        assertTrue(status.settled(), "the refused re-wrap left something");
        assertUnlocks(house.service, device);
    }

    @Test
    void refusesWhatIsDone() {
        assertTrue(refusal(house.service).contains("already"));
        Panocrypt during = open(both);
        rewrap(during);
        assertTrue(refusal(during).contains("already"));
    }

    @Test
    void goesBack() {
        Device device = house.device("web-1");
        Panocrypt during = open(both);
        during.masterKeys().rewrap(OPERATOR);
        Panocrypt back = open(custody(house.master, newKey));
        rewrap(back);
        Panocrypt after = open(house.custody);
        assertUnlocks(after, device);
        assertTrue(after.masterKeys().status().settled());
    }

    @Test
    void losesAndRefusesNoEditOfSomebodyWhoSawTheDeviceBefore() {
        Device seen = house.device("web-1");
        Panocrypt during = open(both);
        Webhooks.Issued hook = during.webhooks().create(OPERATOR, RECEIVER, Set.of());
        rewrap(during);
        Device edited = during.devices()
                .edit(OPERATOR, seen.id(), seen.version(), DeviceChange.none().withName("rack-7"), false);
        assertEquals("rack-7", edited.name());
        assertEquals(house.current(seen).version(), edited.version());
        OperationException stale = assertThrows(
                OperationException.class,
                () -> during.devices()
                        .edit(
                                OPERATOR,
                                seen.id(),
                                seen.version(),
                                DeviceChange.none().withName("rack-8"),
                                false));
        assertEquals(OperationException.Kind.STALE, stale.kind());
        during.webhooks()
                .edit(OPERATOR, hook.webhook().id(), hook.webhook().version(), URI.create("https://b.example/"), null);
        OperationException staleHook = assertThrows(
                OperationException.class,
                () -> during.webhooks()
                        .edit(OPERATOR, hook.webhook().id(), hook.webhook().version(), RECEIVER, null));
        assertEquals(OperationException.Kind.STALE, staleHook.kind());
    }

    @Test
    void letsAnEditInBetweenWin() {
        Device device = house.device("web-1");
        AtomicReference<Runnable> once = new AtomicReference<>(() -> {});
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                boolean reseals = write.entries().isEmpty()
                        && write.changes().stream()
                                .anyMatch(change -> change instanceof Change.Put put
                                        && put.record().kind().equals(RecordMapper.DEVICE));
                if (reseals) {
                    once.getAndSet(() -> {}).run();
                }
                return super.write(write);
            }
        };
        Panocrypt during = open(store, both, Duration.ZERO);
        once.set(() -> during.devices()
                .edit(
                        OPERATOR,
                        device.id(),
                        device.version(),
                        DeviceChange.none().withName("rack-7"),
                        false));
        during.masterKeys().rewrap(OPERATOR);
        assertEquals("rack-7", house.current(device).name());
        assertEquals(2, during.masterKeys().status().remaining());
        rewrap(during);
        assertEquals("rack-7", house.current(device).name());
        assertUnlocks(open(onlyNew), device);
    }

    /** As after a kill at any write. */
    @Test
    void isFinishedByAnotherNodeWhereverItWasInterrupted() {
        Device device = house.device("web-1");
        house.device("web-2");
        for (int left = 0; ; left++) {
            AtomicInteger budget = new AtomicInteger(left);
            ForwardingStore dying = new ForwardingStore(house.memory) {
                @Override
                public WriteResult write(StoreWrite write) {
                    if (budget.getAndDecrement() <= 0) {
                        throw new StoreException("the node was killed");
                    }
                    return super.write(write);
                }
            };
            KeyCustody direction = left % 2 == 0 ? both : custody(house.master, newKey);
            Panocrypt node = house.open(dying, direction, Duration.ofMillis(1));
            boolean survived = true;
            try {
                node.masterKeys().rewrap(OPERATOR);
            } catch (StoreException e) {
                survived = false;
            }
            node.close();
            assertUnlocks(open(both), device);
            Panocrypt other = open(direction);
            if (!other.masterKeys().status().fingerprint().equals(direction.fingerprint())
                    || !other.masterKeys().status().previous().isEmpty()) {
                rewrap(other);
            }
            assertTrue(other.masterKeys().status().settled());
            assertUnlocks(open(left % 2 == 0 ? onlyNew : house.custody), device);
            if (survived) {
                assertTrue(left >= 5, "two devices, the site and two edits");
                return;
            }
        }
    }

    @Test
    void namesWhatNoKeyOpensAndDoesNotEnd() {
        Device device = house.device("web-1");
        Panocrypt stranger = openStranger();
        Device foreign = stranger.devices().create(OPERATOR, TestService.wanted("web-1"));
        var record =
                RecordMapper.of(new StoredDevice(device.withVersion(2).withKeys(foreign.keys()), strangers(foreign)));
        house.memory.write(StoreWrite.of().put(record).build());
        Panocrypt during = open(both);
        during.masterKeys().rewrap(OPERATOR);
        house.clock.advance(SETTLED);
        during.masterKeys().rewrap(OPERATOR);
        MasterKeyStatus status = during.masterKeys().status();
        assertEquals(List.of("device " + device.id()), status.unusable());
        assertFalse(status.settled());
        assertNotEquals(List.of(), status.previous());
    }

    private final MemoryStore elsewhere = new MemoryStore(house.clock, "node-1");

    private Panocrypt openStranger() {
        return open(elsewhere, custody(TestService.newMasterKey()), Duration.ZERO);
    }

    private List<SealedKeys> strangers(Device foreign) {
        return RecordMapper.read(
                        elsewhere.get(RecordMapper.DEVICE, foreign.id()).orElseThrow(), StoredDevice.class)
                .keys();
    }

    /** Such as one that was cut off from the store, and comes back after the re-wrap. */
    @Test
    void isUnreadyWithoutTheKeysOfTheSite() {
        ForwardingStore silent = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                if (write.changes().stream()
                        .anyMatch(change -> change instanceof Change.Put put
                                && put.record().kind().equals(RecordMapper.NODE))) {
                    throw new StoreException("cut off");
                }
                return super.write(write);
            }
        };
        Panocrypt old = open(silent, house.custody, Duration.ofMillis(5));
        assertEquals(Optional.empty(), old.unreadyReason());
        rewrap(open(both));
        awaitTrue(() -> old.unreadyReason().isPresent(), "the node stays ready");
        assertThrows(CustodyException.class, () -> old.devices().create(OPERATOR, TestService.wanted("web-1")));
        assertTrue(refusal(old).contains(newKey.fingerprint()));
        assertTrue(open(onlyNew).masterKeys().status().settled());
    }

    private static void awaitTrue(BooleanSupplier condition, String failure) {
        long deadline = System.nanoTime() + TestTimeout.MAX.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, failure);
            Thread.onSpinWait();
        }
    }

    /** Two nodes answer throughout, one of which re-wraps. */
    @Test
    void failsNoUnlockWhileItRuns() throws InterruptedException {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            devices.add(house.device("web-" + i));
        }
        Panocrypt one = open(both);
        Panocrypt two = open(both);
        AtomicInteger answered = new AtomicInteger();
        List<UnlockResult> failed = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch warm = new CountDownLatch(20);
        List<Thread> machines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Panocrypt node = i % 2 == 0 ? one : two;
            int first = i;
            Thread machine = new Thread(() -> {
                for (int n = first; end.getCount() > 0; n++) {
                    UnlockResult result = node.unlock(TestService.attempt(devices.get(n % devices.size()), HOME));
                    if (result instanceof UnlockResult.Answered) {
                        answered.incrementAndGet();
                    } else {
                        failed.add(result);
                    }
                    warm.countDown();
                }
            });
            machine.start();
            machines.add(machine);
        }
        assertTrue(warm.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        rewrap(one);
        Panocrypt back = open(custody(house.master, newKey));
        rewrap(back);
        end.countDown();
        for (Thread machine : machines) {
            machine.join();
        }
        assertEquals(List.of(), failed, answered + " answers");
    }

    @Test
    void runsInTheBackgroundOfEveryNode() {
        Device device = house.device("web-1");
        Panocrypt one = open(house.memory, both, Duration.ofMillis(5));
        one.masterKeys().rewrap(OPERATOR);
        house.clock.advance(SETTLED);
        awaitTrue(() -> one.masterKeys().status().settled(), "the re-wrap does not end by itself");
        assertUnlocks(open(onlyNew), device);
        assertEquals(1, one.masterKeys().status().nodes().size());
        one.close();
        opened.remove(one);
        assertEquals(List.of(), open(onlyNew).masterKeys().status().nodes());
    }
}
