package io.panocrypt.redisstore;

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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs two nodes of the service on one Redis. An allowance permits five answers, many requests come at once, and
 * exactly five are answered.
 */
public final class Demo {
    private static final String PREFIX = "panocrypt:";
    private static final IpAddress SOURCE = IpAddress.parse("192.0.2.7");
    private static final int USES = 5;
    private static final int ASKERS = 32;

    /** A strong reference: a logger that is garbage-collected loses its level. */
    private static final Logger LOGGER = Logger.getLogger("io.panocrypt");

    private Demo() {}

    /** Arguments: the address of Redis, and the master key file. For a new store the file is created. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: redis-store redis://HOST:PORT MASTER-KEY-FILE");
            System.exit(2);
        }
        // Each node logs a checkpoint when it ends. The demo prints three lines only.
        LOGGER.setLevel(Level.WARNING);
        try {
            System.exit(run(URI.create(arguments[0]), Path.of(arguments[1])) ? 0 : 1);
        } catch (StoreException e) {
            System.err.println("redis-store: " + e.getMessage());
            System.exit(1);
        }
    }

    /** @return whether the result is as expected */
    static boolean run(URI redis, Path masterKeyFile) throws IOException, InterruptedException, ExecutionException {
        try (RedisEntryStore one = RedisEntryStore.open(redis, PREFIX);
                RedisEntryStore two = RedisEntryStore.open(redis, PREFIX);
                MasterKey masterKey = Panocrypt.openMasterKey(
                        new EntryBackedStore(one, "node-1"), masterKeyFile, new SecureRandom());
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

    private static Panocrypt service(RedisEntryStore redis, String node, MasterKey masterKey) {
        return Panocrypt.builder()
                .store(new EntryBackedStore(redis, node))
                .clock(redis.clock())
                .custody(SealedKeyCustody.of(masterKey))
                .publicUrl(URI.create("http://192.0.2.1"))
                .build();
    }

    private static Device enrol(Panocrypt panocrypt) {
        DeviceChange wanted = DeviceChange.none()
                .withName("demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX))
                .withSources(SOURCE.toString())
                .withCurve(Curve.P_256);
        return panocrypt.devices().create(Actor.HOST, wanted);
    }

    /** What a machine sends when it boots, with a fixed point. */
    private static UnlockAttempt attempt(Device device) {
        try {
            return new UnlockAttempt(
                    device.token(),
                    device.advertised().get(0).exchange().kid(),
                    RecoveryRequest.parse(RecoveryRequest.encode(EcPoint.generator(Curve.P_256))),
                    Optional.of(SOURCE));
        } catch (RecoveryRequestException e) {
            throw new IllegalStateException("cannot parse the request that was just encoded", e);
        }
    }

    private static List<UnlockResult> askAll(List<Panocrypt> nodes, UnlockAttempt attempt)
            throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
        try {
            List<Callable<UnlockResult>> askers = new ArrayList<>();
            for (int i = 0; i < ASKERS; i++) {
                Panocrypt node = nodes.get(i % nodes.size());
                askers.add(() -> node.unlock(attempt));
            }
            List<UnlockResult> results = new ArrayList<>();
            for (Future<UnlockResult> asked : threads.invokeAll(askers)) {
                results.add(asked.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
