package io.panocrypt.policy;

import io.panocrypt.crypto.clevis.TangPin;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.exchange.McCallumRelyea;
import io.panocrypt.crypto.tang.Advertisement;
import io.panocrypt.crypto.tang.RecoveryReply;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.event.OutboxEntries;
import io.panocrypt.policy.internal.outbox.WakeUp;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.internal.records.StoredDevice;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Member;
import io.panocrypt.policy.model.MemberChange;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;

/** A service on a memory store, with a test clock, and with clients that bind and boot. */
public final class TestService implements AutoCloseable {
    static final Actor OPERATOR = Actor.HOST;

    /** Long enough that a busy machine causes no failure. */
    static final Duration TIMEOUT = TestTimeout.MAX;

    static final String HOME = "10.0.0.1";
    public static final String AWAY = "192.0.2.1";
    public static final SecureRandom RANDOM = new SecureRandom();
    static final JcaEngine ENGINE = new JcaEngine(RANDOM);
    private static final byte[] SECRET = "the keyslot's secret".getBytes(StandardCharsets.US_ASCII);

    /** Strongly referenced, because a collected logger loses its settings. */
    private static final Logger LOGGER = Logger.getLogger("io.panocrypt.policy");

    static {
        // Faults are the point of many tests: their stack traces would hide those of a test that fails.
        LOGGER.setUseParentHandlers(false);
    }

    final TestClock clock = new TestClock();
    final MemoryStore memory = new MemoryStore(clock, "node-1");
    final MasterKey master;
    final KeyCustody custody;
    final Panocrypt service;

    public TestService() {
        master = newMasterKey();
        custody = new SealedKeyCustody(master, ENGINE, RANDOM);
        service = open(memory, custody, TIMEOUT);
    }

    static MasterKey newMasterKey() {
        try {
            Path file = Files.createTempDirectory("panocrypt").resolve("master-key");
            MasterKey key = MasterKey.create(file, RANDOM);
            Files.delete(file);
            Files.delete(file.getParent());
            return key;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Opens another service. On a failing store, it soon gives up a commit with unknown outcome. */
    Panocrypt open(Store store, KeyCustody keys) {
        return open(store, keys, store == memory ? TIMEOUT : Duration.ofMillis(200));
    }

    /** Opens another service, with a timeout for commits and for the lock of a device. */
    Panocrypt open(Store store, KeyCustody keys, Duration timeout) {
        return Panocrypt.builder()
                .store(store)
                .custody(keys)
                .backupKey(master)
                .publicUrl(URI.create("http://192.0.2.80:8080"))
                .clock(clock)
                .relyingParty(TestAuthenticator.PARTY)
                .checkpointInterval(Duration.ZERO)
                .commitTimeout(timeout)
                .limits(TestTimeout.SERVICE)
                .build();
    }

    /** An editor on the memory store, outside the service. */
    PolicyEditor editor() {
        IdGenerator ids = new IdGenerator(clock, RANDOM);
        return new PolicyEditor(memory, clock, ids, new OutboxEntries(false, ids, new WakeUp()));
    }

    /** An active device on P-256 that admits 10.0.0.0/24. */
    public Device device(String name) {
        return service.devices().create(OPERATOR, wanted(name));
    }

    static DeviceChange wanted(String name) {
        return DeviceChange.none().withName(name).withSources("10.0.0.0/24").withCurve(Curve.P_256);
    }

    /** The stored device with its sealed keys. */
    public StoredDevice stored(Device device) {
        return RecordMapper.read(memory.get(RecordMapper.DEVICE, device.id()).orElseThrow(), StoredDevice.class);
    }

    Device current(Device device) {
        return service.devices().get(device.id());
    }

    public static Optional<IpAddress> address(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(text));
    }

    static String kid(Device device) {
        return device.advertised().get(0).exchange().kid();
    }

    static RecoveryRequest request(byte[] body) {
        try {
            return RecoveryRequest.parse(body);
        } catch (RecoveryRequestException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static UnlockAttempt attempt(Device device, String source) {
        return attempt(device.token(), kid(device), source);
    }

    static UnlockAttempt attempt(String token, String kid, String source) {
        byte[] body = RecoveryRequest.encode(EcPoint.generator(Curve.P_256));
        return new UnlockAttempt(token, kid, request(body), address(source));
    }

    UnlockResult unlock(Device device, String source) {
        return service.unlock(attempt(device, source));
    }

    /** Binds as Clevis does. */
    TangPin bind(Device device) throws GeneralSecurityException {
        byte[] jws = service.advertisement(device.token(), null).orElseThrow();
        Advertisement advertisement = Advertisement.parse(jws);
        String url = service.devices().unlockUrl(device);
        return TangPin.parse(TangPin.encrypt(SECRET, advertisement, url, new McCallumRelyea(ENGINE), RANDOM));
    }

    /** Boots as Clevis does; returns whether the secret was recovered. */
    boolean boot(Device device, TangPin pin, String source) throws GeneralSecurityException {
        try {
            byte[] secret = pin.decrypt(
                    body -> {
                        UnlockAttempt attempt =
                                new UnlockAttempt(device.token(), pin.kid(), request(body), address(source));
                        if (service.unlock(attempt) instanceof UnlockResult.Answered answered) {
                            return RecoveryReply.encode(answered.point());
                        }
                        throw new IOException("refused");
                    },
                    new McCallumRelyea(ENGINE));
            return java.util.Arrays.equals(SECRET, secret);
        } catch (IOException e) {
            return false;
        }
    }

    List<UnlockRecord> history(Device device) {
        return service.history().unlocks(device.id(), null, 1000).items();
    }

    /** The number of attempts in the device's history. */
    int told(Device device) {
        return history(device).stream().mapToInt(UnlockRecord::count).sum();
    }

    /** The number of journal entries that are attempts, without counts. */
    long written() {
        return memory.chain("node-1", 0, 1000).stream()
                .filter(row -> row.entry().kind() == JournalEntry.Kind.UNLOCK)
                .count();
    }

    /** Asks repeatedly, with a pause after each attempt. */
    List<UnlockResult> loop(Device device, String source, int attempts, Duration pause) {
        List<UnlockResult> results = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            results.add(unlock(device, source));
            clock.advance(pause);
        }
        return results;
    }

    /** A new approver, whose approval the device needs from now on. */
    Member approverOf(Device device) {
        Member approver = service.members()
                .create(OPERATOR, new MemberChange("alice", Role.APPROVER, null), null)
                .member();
        service.approvalGroups()
                .create(OPERATOR, new ApprovalGroups.Change("ops", Set.of("prod"), Set.of(approver.id()), 1));
        service.devices()
                .edit(
                        OPERATOR,
                        device.id(),
                        current(device).version(),
                        DeviceChange.none().withTags("prod"),
                        false);
        return approver;
    }

    UnlockRecord last(Device device) {
        return history(device).get(0);
    }

    @Override
    public void close() {
        service.close();
        master.close();
    }
}
