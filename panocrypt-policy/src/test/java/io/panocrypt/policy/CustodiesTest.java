package io.panocrypt.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.policy.internal.custody.Custodies;
import io.panocrypt.policy.internal.custody.KeyDestroyer;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.KeyRemoval;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.SealedKeys;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Devices whose keys are in a custody of their choice, and the end of such keys. */
class CustodiesTest {
    private static final String HSM = "hsm";

    private final TestService house = new TestService();
    private final MasterKey other = TestService.newMasterKey();
    private final Token token = new Token(new SealedKeyCustody(other, TestService.ENGINE, TestService.RANDOM));
    private final Panocrypt service = open(house.memory, HSM);

    @AfterEach
    void close() {
        service.close();
        house.close();
        other.close();
    }

    private Panocrypt open(Store store, String... custodies) {
        Panocrypt.Builder builder = builder(store);
        for (String name : custodies) {
            builder.custody(name, token);
        }
        return builder.build();
    }

    private Panocrypt.Builder builder(Store store) {
        return Panocrypt.builder()
                .store(store)
                .custody(house.custody)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(house.clock)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(store == house.memory ? TestService.TIMEOUT : Duration.ofMillis(200))
                .limits(TestTimeout.SERVICE);
    }

    /** Holds keys, as far as it knows what was made and what was destroyed. */
    private static final class Token implements KeyCustody {
        private final KeyCustody right;
        private final Set<CustodyKey> held = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean lost = new AtomicBoolean();
        private final CountDownLatch destroyed = new CountDownLatch(2);

        Token(KeyCustody right) {
            this.right = right;
        }

        private void requireHeld(CustodyKey key) {
            if (lost.get() || !held.contains(key)) {
                throw new CustodyException("no such key", null);
            }
        }

        @Override
        public CustodyKey generate(KeyLabel label) {
            CustodyKey key = right.generate(label);
            held.add(key);
            return key;
        }

        @Override
        public EcPoint exchange(KeyLabel label, CustodyKey key, EcPoint point) {
            requireHeld(key);
            return right.exchange(label, key, point);
        }

        @Override
        public byte[] sign(KeyLabel label, CustodyKey key, byte[] input) {
            requireHeld(key);
            return right.sign(label, key, input);
        }

        @Override
        public boolean holdsKeys() {
            return true;
        }

        @Override
        public void destroy(KeyLabel label, CustodyKey key) {
            if (lost.get()) {
                throw new CustodyException("the token is gone", null);
            }
            held.remove(key);
            destroyed.countDown();
        }

        @Override
        public Optional<String> unreadyReason() {
            return lost.get() ? Optional.of("the token is gone") : Optional.empty();
        }

        @Override
        public String fingerprint() {
            return right.fingerprint();
        }
    }

    private Device create(String name, String custody) {
        return service.devices()
                .create(TestService.OPERATOR, TestService.wanted(name).withCustody(custody));
    }

    private List<PolicyRecord> notes() {
        return house.memory.scan(RecordMapper.KEY_REMOVAL, null, null, 10);
    }

    private KeyDestroyer destroyer() {
        Map<String, KeyCustody> custodies = Map.of(SealedKeys.SITE, house.custody, HSM, token);
        return new KeyDestroyer(
                house.memory,
                new IdGenerator(house.clock, TestService.RANDOM),
                new Custodies(custodies, SealedKeys.SITE));
    }

    private static List<String> custodies(Device device) {
        return device.keys().stream().map(DeviceKey::custody).toList();
    }

    @Test
    void makesKeysWhereTheDeviceWantsThem() {
        Device device = create("web", HSM);
        assertEquals(Optional.of(HSM), device.custody());
        assertEquals(List.of(HSM), custodies(device));
        assertEquals(2, token.held.size());
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(device, TestService.HOME)));
        assertTrue(service.advertisement(device.token(), null).isPresent());
        assertEquals(List.of(SealedKeys.SITE), custodies(house.device("db")));
    }

    @Test
    void movesADeviceByARotation() {
        Device device = house.device("web");
        Device edited = service.devices()
                .edit(TestService.OPERATOR, device.id(), 1, DeviceChange.none().withCustody(HSM), false);
        assertEquals(List.of(SealedKeys.SITE), custodies(edited), "the keys that it has stay where they are");
        Device rotated = service.devices().rotateKeys(TestService.OPERATOR, device.id());
        assertEquals(List.of(SealedKeys.SITE, HSM), custodies(rotated));
        for (DeviceKey key : rotated.keys()) {
            assertInstanceOf(
                    UnlockResult.Answered.class,
                    service.unlock(
                            TestService.attempt(device.token(), key.exchange().kid(), TestService.HOME)));
        }
        service.devices()
                .edit(
                        TestService.OPERATOR,
                        device.id(),
                        3,
                        DeviceChange.none().withCustody(DeviceChange.DEFAULT_CUSTODY),
                        false);
        Device back = service.devices().rotateKeys(TestService.OPERATOR, device.id());
        assertEquals(Optional.empty(), back.custody());
        assertEquals(List.of(SealedKeys.SITE, HSM, SealedKeys.SITE), custodies(back));
    }

    @Test
    void usesTheDefaultForDevicesThatWantNone() {
        try (Panocrypt node =
                builder(house.memory).custody(HSM, token).defaultCustody(HSM).build()) {
            Device device = node.devices().create(TestService.OPERATOR, TestService.wanted("web"));
            assertEquals(Optional.empty(), device.custody());
            assertEquals(List.of(HSM), custodies(device));
            Device own = node.devices()
                    .create(TestService.OPERATOR, TestService.wanted("db").withCustody(SealedKeys.SITE));
            assertEquals(List.of(SealedKeys.SITE), custodies(own));
        }
    }

    @Test
    void refusesAnUnknownName() {
        OperationException refused = assertThrows(OperationException.class, () -> create("web", "nowhere"));
        assertEquals(OperationException.Kind.INVALID, refused.kind());
        assertTrue(refused.getMessage().contains("default, hsm, site"), refused.getMessage());
        Device device = create("db", HSM);
        DeviceChange change = DeviceChange.none().withCustody("nowhere");
        assertThrows(
                OperationException.class,
                () -> service.devices().edit(TestService.OPERATOR, device.id(), 1, change, false));
    }

    @Test
    void refusesNamesWithAnotherMeaning() {
        Panocrypt.Builder builder = builder(house.memory)
                .custody("site", token)
                .custody("default", token)
                .custody("No", token)
                .defaultCustody("nowhere");
        assertEquals(4, builder.problems().size(), builder.problems()::toString);
    }

    @Test
    void answersForOtherDevicesWhereACustodyIsMissing() {
        Device inToken = create("web", HSM);
        Device own = house.device("db");
        try (Panocrypt node = open(house.memory)) {
            int before = house.told(inToken);
            assertEquals(new UnlockResult.Unavailable(), node.unlock(TestService.attempt(inToken, TestService.HOME)));
            assertInstanceOf(UnlockResult.Answered.class, node.unlock(TestService.attempt(own, TestService.HOME)));
            assertThrows(CustodyException.class, () -> node.advertisement(inToken.token(), null));
            assertThrows(CustodyException.class, () -> node.devices().rotateKeys(TestService.OPERATOR, inToken.id()));
            List<String> warnings = node.devices().warnings(inToken);
            assertTrue(warnings.stream().anyMatch(warning -> warning.contains("custody hsm")), warnings::toString);
            assertEquals(before, house.told(inToken), "nothing was committed");
        }
        assertEquals(1, service.devices().get(inToken.id()).keys().size());
    }

    @Test
    void isNotReadyWithoutItsToken() {
        Device own = house.device("db");
        assertEquals(Optional.empty(), service.unreadyReason());
        token.lost.set(true);
        assertEquals(Optional.of("the token is gone"), service.unreadyReason());
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(own, TestService.HOME)));
        token.lost.set(false);
        assertEquals(Optional.empty(), service.unreadyReason());
    }

    @Test
    void destroysTheKeysOfARevokedDevice() {
        Device device = create("web", HSM);
        Device staying = create("db", HSM);
        service.devices().revoke(TestService.OPERATOR, device.id(), "web");
        assertEquals(2, token.held.size(), "those of the other device");
        assertEquals(List.of(), notes());
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(staying, TestService.HOME)));
    }

    @Test
    void destroysTheKeysOfADestroyedGeneration() {
        Device device = create("web", HSM);
        service.devices().rotateKeys(TestService.OPERATOR, device.id());
        assertEquals(4, token.held.size());
        Device left = service.devices().destroyGeneration(TestService.OPERATOR, device.id(), 1, 1);
        assertEquals(
                Set.copyOf(List.of(
                        house.stored(left).keys().get(0).signing(),
                        house.stored(left).keys().get(0).exchange())),
                token.held);
        assertEquals(List.of(), notes());
    }

    @Test
    void writesNoNoteOfKeysThatNobodyHolds() {
        Device device = house.device("web");
        ForwardingStore store = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                assertTrue(
                        write.changes().stream()
                                .noneMatch(change -> change.toString().contains(RecordMapper.KEY_REMOVAL)),
                        "a note");
                return super.write(write);
            }
        };
        try (Panocrypt node = open(store, HSM)) {
            node.devices().revoke(TestService.OPERATOR, device.id(), "web");
        }
    }

    /** As if the process had died between the commit and the end of the keys. */
    @Test
    void destroysAtTheNextStartWhatCouldNotBeDestroyedAtOnce() throws InterruptedException {
        Device device = create("web", HSM);
        token.lost.set(true);
        service.devices().revoke(TestService.OPERATOR, device.id(), "web");
        token.lost.set(false);
        assertEquals(2, token.held.size());
        assertEquals(1, notes().size());
        try (Panocrypt restarted = open(house.memory, HSM)) {
            assertEquals(Optional.empty(), restarted.unreadyReason());
            assertTrue(token.destroyed.await(TestTimeout.MAX_SECONDS, TimeUnit.SECONDS));
        }
        assertEquals(Set.of(), token.held);
        destroyer().workOff();
        assertEquals(List.of(), notes());
    }

    @Test
    void leavesTheNoteWhereTheCustodyIsMissing() {
        Device device = create("web", HSM);
        try (Panocrypt node = open(house.memory)) {
            node.devices().revoke(TestService.OPERATOR, device.id(), "web");
        }
        assertEquals(1, notes().size());
        assertEquals(2, token.held.size());
    }

    @Test
    void doesNotDestroyKeysThatADeviceStillHas() {
        Device device = create("web", HSM);
        KeyRemoval forged = new KeyRemoval(
                "forged", device.id(), house.stored(device).keys().get(0));
        house.memory.write(StoreWrite.of().put(RecordMapper.of(forged)).build());
        destroyer().workOff();
        assertEquals(1, notes().size());
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(device, TestService.HOME)));
    }

    @Test
    void destroysKeysWhoseDeviceWasNotStored() {
        create("web", HSM);
        ForwardingStore late = new ForwardingStore(house.memory) {
            @Override
            public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
                // The name is found to be taken only by the commit.
                return Optional.empty();
            }
        };
        try (Panocrypt node = open(late, HSM)) {
            assertThrows(
                    OperationException.class,
                    () -> node.devices()
                            .create(
                                    TestService.OPERATOR,
                                    TestService.wanted("web").withCustody(HSM)));
        }
        assertEquals(2, token.held.size());
    }

    /** Then they may have been stored. */
    @Test
    void keepsKeysAfterACommitWithUnknownOutcome() {
        ForwardingStore failing = new ForwardingStore(house.memory) {
            @Override
            public WriteResult write(StoreWrite write) {
                super.write(write);
                throw new StoreException("connection lost");
            }
        };
        try (Panocrypt node = open(failing, HSM)) {
            assertThrows(
                    StoreException.class,
                    () -> node.devices()
                            .create(
                                    TestService.OPERATOR,
                                    TestService.wanted("web").withCustody(HSM)));
        }
        Device stored = service.devices().byName("web").orElseThrow();
        assertInstanceOf(UnlockResult.Answered.class, service.unlock(TestService.attempt(stored, TestService.HOME)));
    }
}
