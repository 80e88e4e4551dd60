package io.panocrypt.benchmarks.load.server;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.tang.RecoveryRequest;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.UnlockAttempt;
import io.panocrypt.policy.model.UnlockResult;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.notify.Delivery;
import io.panocrypt.policy.spi.notify.Notice;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.policy.store.memory.MemoryStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.sqlite.SQLiteDataSource;

/**
 * Fills the store of a stopped server with devices.
 *
 * <p>Panocrypt creates each device on the reference store in memory, and unlocks it once if requested. Then
 * {@code note} copies all records and journal entries into the database, thousands of devices at once. Three things
 * differ from real use: key pairs repeat, the chain has its own name, and no notices were sent.
 */
public final class FleetMaker {
    /** Small, because the reference store searches linearly. */
    private static final int BLOCK = 250;

    private static final int BLOCKS_A_COMMIT = 40;

    /** Long, because committing thousands of devices takes time on a slow disk. */
    private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(5);

    private static final int PAGE = 1_000;
    private static final String CHAIN = "fleet";
    private static final String KNOWN_SOURCE = "known-source";

    private final Path data;
    private final IntFunction<DeviceChange> wanted;
    private final Optional<IpAddress> unlockedFrom;

    /**
     * Creates a maker.
     *
     * @param data the data directory of a server that was started once and is stopped now
     * @param wanted the definition of each device, by its number from 0
     * @param unlockedFrom the address that unlocks each device once; empty for no unlock
     */
    public FleetMaker(Path data, IntFunction<DeviceChange> wanted, Optional<IpAddress> unlockedFrom) {
        this.data = data;
        this.wanted = wanted;
        this.unlockedFrom = unlockedFrom;
    }

    /** Creates devices and returns them when all are on disk. The first 64 devices use every shared key. */
    public Fleet make(int devices) throws Exception {
        SQLiteDataSource file = new SQLiteDataSource();
        file.setUrl("jdbc:sqlite:" + data.resolve("panocrypt.db"));
        SecureRandom random = new SecureRandom();
        Fleet fleet = new Fleet();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try (MasterKey master = MasterKey.load(data.resolve("master-key"));
                JdbcStore store = JdbcStore.open(
                        file,
                        Dialect.SQLITE,
                        CHAIN,
                        InstantSource.system(),
                        JdbcSettings.DEFAULTS.with(SchemaMode.VALIDATE).with(WRITE_TIMEOUT))) {
            SharedKeys keys = new SharedKeys(random);
            SealedKeyCustody custody = new SealedKeyCustody(master, keys, random);
            List<PolicyRecord> lists = store.scan("network-access-list", null, null, PAGE);
            Future<WriteResult> written = writer.submit(WriteResult.Written::new);
            while (fleet.size() < devices) {
                Made made = new Made(new ArrayList<>(), new ArrayList<>());
                for (int i = 0; i < BLOCKS_A_COMMIT && fleet.size() < devices; i++) {
                    // Each block first generates one key for its service, then its devices' keys: all blocks get the
                    // same keys.
                    keys.beginAgain();
                    made.add(block(custody, lists, fleet, Math.min(BLOCK, devices - fleet.size())));
                }
                requireCommitted(written);
                written = writer.submit(() -> store.write(
                        StoreWrite.of(made.entries()).change(made.changes()).build()));
            }
            requireCommitted(written);
            return fleet;
        } finally {
            writer.shutdown();
        }
    }

    private static void requireCommitted(Future<WriteResult> written) throws IOException, InterruptedException {
        WriteResult result;
        try {
            result = written.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "the store does not accept the devices: "
                            + Objects.requireNonNull(e.getCause()).getMessage(),
                    e);
        }
        if (!result.isWritten()) {
            throw new IOException("the store does not accept the devices: it is in use, or has some of them already");
        }
    }

    /** The entries and records to store. */
    private record Made(List<JournalEntry> entries, List<Change> changes) {
        void add(Made other) {
            entries.addAll(other.entries);
            changes.addAll(other.changes);
        }
    }

    private Made block(SealedKeyCustody custody, List<PolicyRecord> lists, Fleet fleet, int count) throws Exception {
        MemoryStore store = new MemoryStore(InstantSource.system(), CHAIN);
        for (PolicyRecord list : lists) {
            JournalEntry audit = new JournalEntry(
                    list.id(), JournalEntry.Kind.AUDIT, InstantSource.system().instant(), null, "{}");
            store.write(StoreWrite.of(audit).growEpoch(true).put(list).build());
        }
        try (Panocrypt service = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(URI.create("http://127.0.0.1"))
                .checkpointInterval(Duration.ZERO)
                .noticeInterval(Duration.ZERO)
                .notifier(new Nobody())
                .build()) {
            long before = store.heads().get(0).sequence();
            for (int i = 0; i < count; i++) {
                Device device = service.devices().create(Actor.HOST, wanted.apply(fleet.size()));
                unlockOnce(service, device);
                fleet.add(device.token(), kid(device));
            }
            List<Change> changes = Stream.concat(all(store, PolicyRecord.DEVICE), all(store, KNOWN_SOURCE))
                    .map(record -> (Change) new Change.Put(record))
                    .toList();
            if (changes.size() != (unlockedFrom.isPresent() ? 2 : 1) * count) {
                throw new IllegalStateException(changes.size() + " records of " + count + " devices");
            }
            List<JournalEntry> entries = store.chain(CHAIN, before, PAGE).stream()
                    .map(JournalRow::entry)
                    .toList();
            return new Made(entries, changes);
        }
    }

    private void unlockOnce(Panocrypt service, Device device) throws Exception {
        if (unlockedFrom.isEmpty()) {
            return;
        }
        RecoveryRequest request = RecoveryRequest.parse(
                RecoveryRequest.encode(device.keys().get(0).exchange().point()));
        UnlockResult result = service.unlock(new UnlockAttempt(device.token(), kid(device), request, unlockedFrom));
        if (!(result instanceof UnlockResult.Answered)) {
            throw new IllegalStateException("a device of the fleet is not unlocked: " + result);
        }
    }

    private static String kid(Device device) {
        return device.keys().get(0).exchange().kid();
    }

    private static Stream<PolicyRecord> all(MemoryStore store, String kind) {
        return store.scan(kind, null, null, PAGE).stream();
    }

    /** A notifier without recipients. The service remembers the sources of unlocks only if it has a notifier. */
    private static final class Nobody implements Notifier {
        @Override
        public Set<String> schemes() {
            return Set.of("nobody");
        }

        @Override
        public Delivery deliver(Notice notice, URI contact) {
            throw new IllegalStateException("nobody is told of devices that are made up");
        }
    }
}
