package io.panocrypt.benchmarks.load.stores;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The whole service on one store, with devices to unlock. Thread-safe, except {@link #close}. */
final class StoredService implements AutoCloseable {
    /** For each kind of unlock; enough that no device comes near its limit of 100 attempts per second. */
    private static final int DEVICES = 256;

    private static final int USES = 1_000_000;
    private static final IpAddress SOURCE = IpAddress.parse("127.0.0.1");

    private final OpenStore opened;
    private final Panocrypt service;
    private final List<Machine> plain = new ArrayList<>();
    private final List<Machine> spending = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** A machine that boots: its request, and the only correct answer. */
    private record Machine(String deviceId, UnlockAttempt attempt, EcPoint answer) {
        /** Asks with the curve's generator, so the answer is the public key. */
        static Machine of(Device device) throws Exception {
            EcPoint key = device.keys().get(0).exchange().point();
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(key.curve())));
            String kid = device.keys().get(0).exchange().kid();
            return new Machine(device.id(), new UnlockAttempt(device.token(), kid, request, Optional.of(SOURCE)), key);
        }
    }

    private StoredService(OpenStore opened, Path key) throws IOException {
        this.opened = opened;
        MasterKey masterKey =
                opened.keep(Files.exists(key) ? MasterKey.load(key) : MasterKey.create(key, new SecureRandom()));
        this.service = opened.keep(Panocrypt.builder()
                .store(new ManyUses(opened.store()))
                .clock(opened.clock())
                .custody(SealedKeyCustody.of(masterKey))
                .publicUrl(URI.create("http://127.0.0.1"))
                // Nothing is written in the turn of another store.
                .checkpointInterval(Duration.ZERO)
                .build());
    }

    /** Creates the devices of both kinds; empty if the engine is not installed. */
    static Optional<StoredService> start(StoreKind kind, Path folder) throws Exception {
        Optional<OpenStore> opened = OpenStore.open(folder, kind);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try {
            StoredService made = new StoredService(opened.get(), folder.resolve("master-key"));
            made.enrol();
            return Optional.of(made);
        } catch (Exception e) {
            opened.get().close();
            throw e;
        }
    }

    /** Each device has a source rule that does not match, and a shared network access list that does. */
    private void enrol() throws Exception {
        String list = service.networkAccessLists()
                .create(Actor.HOST, "load", List.of(Cidr.parse("127.0.0.0/30")), false)
                .id();
        DeviceChange model =
                DeviceChange.none().withTags("load").withSources("192.0.2.0/24").withNetworkAccessLists(list);
        for (int i = 0; i < DEVICES; i++) {
            plain.add(Machine.of(service.devices().create(Actor.HOST, model.withName("plain-" + i))));
            Device disabled = service.devices().create(Actor.HOST, model.withName("spending-" + i));
            service.devices().disable(Actor.HOST, disabled.id());
            AllowanceRequest allowance = AllowanceRequest.defaults().withExpiresIn(Duration.ofDays(1));
            service.allowances().grant(Actor.HOST, disabled.id(), allowance);
            spending.add(Machine.of(disabled));
        }
    }

    /** Unlocks the next device of that kind, and returns whether it was answered correctly. */
    boolean unlock(boolean spends) {
        List<Machine> machines = spends ? spending : plain;
        Machine machine = machines.get(Math.floorMod(next.getAndIncrement(), DEVICES));
        return service.unlock(machine.attempt()) instanceof UnlockResult.Answered answered
                && answered.point().equals(machine.answer());
    }

    /** How many uses of the allowances were spent. */
    long spent() {
        return spending.stream()
                .flatMap(machine -> service.allowances().open(machine.deviceId()).stream())
                .mapToLong(allowance -> USES - allowance.usesLeft())
                .sum();
    }

    OpenStore store() {
        return opened;
    }

    @Override
    public void close() {
        opened.close();
    }

    /** Gives each allowance more uses than the service would, which are 32. */
    private static final class ManyUses extends ForwardingStore {
        ManyUses(Store store) {
            super(store);
        }

        @Override
        public WriteResult write(StoreWrite write) {
            List<Grant> grants = write.grants().stream()
                    .map(grant -> new Grant(
                            grant.id(), grant.deviceId(), USES, USES, grant.created(), grant.expires(), grant.body()))
                    .toList();
            return super.write(new StoreWrite(
                    write.entries(),
                    write.epoch(),
                    write.growsEpoch(),
                    write.changes(),
                    write.spends(),
                    write.cancels(),
                    grants,
                    write.outbox(),
                    write.truncation()));
        }
    }
}
