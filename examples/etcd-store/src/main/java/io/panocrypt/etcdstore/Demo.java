package io.panocrypt.etcdstore;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.crypto.tang.RecoveryRequestException;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.AllowanceRequest;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.entry.EntryBackedStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs two nodes of the service on one etcd. An allowance permits five answers, many requests come at once, and exactly
 * five are answered.
 */
public final class Demo {
    private static final ByteSequence NAMESPACE = ByteSequence.from("panocrypt/", StandardCharsets.UTF_8);
    private static final IpAddress SOURCE = IpAddress.parse("192.0.2.7");
    private static final int USES = 5;
    private static final int ASKERS = 32;

    /** Strong references: a logger that is garbage-collected loses its level. */
    private static final List<Logger> LOGGERS = List.of(Logger.getLogger("io.panocrypt"), Logger.getLogger("io.grpc"));

    private Demo() {}

    /** Arguments: the address of etcd, and the master key file. For a new store the file is created. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: etcd-store http://HOST:PORT MASTER-KEY-FILE");
            System.exit(2);
        }
        // Each node logs a checkpoint when it ends, and gRPC what it is made of. The demo prints three lines only.
        LOGGERS.forEach(logger -> logger.setLevel(Level.WARNING));
        try {
            System.exit(run(URI.create(arguments[0]), Path.of(arguments[1])) ? 0 : 1);
        } catch (StoreException e) {
            System.err.println("etcd-store: " + e.getMessage());
            System.exit(1);
        }
    }

    /** @return whether the result is as expected */
    static boolean run(URI etcd, Path masterKeyFile) throws Exception {
        try (EtcdEntryStore one = open(etcd);
                EtcdEntryStore two = open(etcd);
                MasterKey masterKey = masterKey(one, masterKeyFile);
                Panocrypt here = service(one, "node-1", masterKey);
                Panocrypt there = service(two, "node-2", masterKey)) {
            Device device = enrol(here);
            here.devices().disable(Actor.HOST, device.id());
            here.allowances()
                    .grant(Actor.HOST, device.id(), AllowanceRequest.defaults().withUses(USES));
            System.out.println(device.name() + " is disabled, and " + USES + " answers are allowed.");

            long answered = askAll(List.of(here, there), attempt(device)).stream()
                    .filter(UnlockResult.Answered.class::isInstance)
                    .count();
            System.out.println(ASKERS + " ask two nodes at the same moment: " + answered + " are answered.");

            Verification journal = there.history().verify();
            System.out.println("The journal has " + journal.rows() + " rows on "
                    + journal.chains().size() + " chains and is " + (journal.intact() ? "intact." : "BROKEN."));
            return answered == USES && journal.intact();
        }
    }

    static EtcdEntryStore open(URI etcd) {
        return EtcdEntryStore.open(Client.builder().endpoints(etcd).namespace(NAMESPACE));
    }

    static MasterKey masterKey(EtcdEntryStore entries, Path file) throws Exception {
        return Panocrypt.openMasterKey(new EntryBackedStore(entries, "setup"), file, new SecureRandom());
    }

    static Panocrypt service(EtcdEntryStore entries, String node, MasterKey masterKey) {
        return Panocrypt.builder()
                .store(new EntryBackedStore(entries, node))
                .custody(SealedKeyCustody.of(masterKey))
                .publicUrl(URI.create("http://192.0.2.1"))
                .build();
    }

    static Device enrol(Panocrypt panocrypt) {
        DeviceChange wanted = DeviceChange.none()
                .withName("demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX))
                .withSources(SOURCE.toString())
                .withCurve(Curve.P_256);
        return panocrypt.devices().create(Actor.HOST, wanted);
    }

    /** What a machine sends when it boots, with a fixed point. */
    static UnlockAttempt attempt(Device device) {
        return attempt(device.token(), device.advertised().get(0).exchange().kid());
    }

    static UnlockAttempt attempt(String token, String kid) {
        try {
            RecoveryRequest request = RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256)));
            return new UnlockAttempt(token, kid, request, Optional.of(SOURCE));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException("cannot parse the request that was just encoded", e);
        }
    }

    private static List<UnlockResult> askAll(List<Panocrypt> nodes, UnlockAttempt attempt) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
        try {
            List<Callable<UnlockResult>> askers = new ArrayList<>();
            for (int i = 0; i < ASKERS; i++) {
                Panocrypt node = nodes.get(i % nodes.size());
                askers.add(() -> node.unlock(attempt));
            }
            List<UnlockResult> results = new ArrayList<>();
            for (Future<UnlockResult> answer : threads.invokeAll(askers)) {
                results.add(answer.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
