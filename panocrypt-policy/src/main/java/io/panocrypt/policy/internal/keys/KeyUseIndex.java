package io.panocrypt.policy.internal.keys;

import io.panocrypt.policy.internal.journal.JournalFollower;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.history.UnlockRecord;
import io.panocrypt.policy.model.keys.KeyUse;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.UnreadableRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * When each generation of each device's keys was last requested, read from the journal into one record for each device.
 *
 * <p>The journal has every decision already, so an unlock writes nothing for this. Any node reads on from where the last one
 * stopped; reading a row twice changes nothing. Thread-safe.
 */
public final class KeyUseIndex {
    private static final String ID = "index";

    /** Rows that are read at once. */
    private static final int ROWS = 500;

    /** Batches of rows in one call, so that the first one on a long journal ends. */
    private static final int BATCHES = 200;

    /** Records in one write, which excludes decisions while it lasts. */
    private static final int PUTS = 16;

    private final Store store;
    private final JournalFollower follower;
    private final Function<JournalRow, UnlockRecord> reader;

    /** @param reader of a row of an attempt; throws {@link UnreadableRecordException} */
    public KeyUseIndex(Store store, Function<JournalRow, UnlockRecord> reader) {
        this.store = store;
        this.follower = new JournalFollower(store);
        this.reader = reader;
    }

    /**
     * How far the journal was read.
     *
     * @param read the last sequence of each chain
     * @param since the journal shows every request after that moment
     */
    private record Progress(SortedMap<String, Long> read, Instant since) {}

    /**
     * What the journal shows about one device.
     *
     * @param last one for each generation that was requested
     * @param mixed the last entry that stands for several attempts and shows the key of the first only
     */
    public record Uses(String deviceId, List<KeyUse> last, Optional<Instant> mixed) {
        static Uses none(String deviceId) {
            return new Uses(deviceId, List.of(), Optional.empty());
        }

        /** The last request for a generation. */
        public Optional<KeyUse> of(int generation) {
            return last.stream().filter(use -> use.generation() == generation).findFirst();
        }

        private Uses with(UnlockRecord attempt, Device device) {
            boolean shared = attempt.outcome() != Outcome.ALLOWED || attempt.count() != 1;
            Optional<Instant> mixedLast =
                    shared && mixed.filter(attempt.time()::isBefore).isEmpty() ? Optional.of(attempt.time()) : mixed;
            return device.keys().stream()
                    .filter(key -> key.exchange().hasThumbprint(attempt.kid()))
                    .findFirst()
                    .map(key -> new Uses(deviceId, with(use(key, attempt)), mixedLast))
                    .orElseGet(() -> new Uses(deviceId, last, mixedLast));
        }

        private static KeyUse use(DeviceKey key, UnlockRecord attempt) {
            return new KeyUse(key.generation(), attempt.time(), attempt.source(), attempt.outcome());
        }

        private List<KeyUse> with(KeyUse use) {
            if (of(use.generation())
                    .filter(known -> known.time().isAfter(use.time()))
                    .isPresent()) {
                return last;
            }
            List<KeyUse> uses = new ArrayList<>(last.stream()
                    .filter(other -> other.generation() != use.generation())
                    .toList());
            uses.add(use);
            return List.copyOf(uses);
        }
    }

    /**
     * The index at one moment.
     *
     * @param current whether it has all of the journal
     * @param since the journal shows every request after that moment
     */
    public record State(boolean current, Instant since) {
        /** Whether the journal proves that nobody has requested the generation since it was hidden. */
        public boolean provesUnused(Uses uses, DeviceKey key, Instant hidden) {
            return current
                    && since.isBefore(hidden)
                    && uses.mixed().filter(time -> !time.isBefore(hidden)).isEmpty()
                    && uses.of(key.generation())
                            .filter(use -> !use.time().isBefore(hidden))
                            .isEmpty();
        }

        private boolean provesNeverUsed(Uses uses, DeviceKey key) {
            return current
                    && since.isBefore(key.created())
                    && uses.mixed().isEmpty()
                    && uses.of(key.generation()).isEmpty();
        }
    }

    /** Refuses to destroy a generation that was requested at any time, or may have been. */
    public void refuseUsed(Device device, DeviceKey key) {
        State state = catchUp();
        Uses uses = of(device.id());
        if (!state.provesNeverUsed(uses, key)) {
            String why = uses.of(key.generation())
                    .map(last -> "was last asked for at " + last.time() + " from "
                            + last.source().map(IpAddress::toString).orElse("an unknown address") + " ("
                            + last.outcome().wireName() + ")")
                    .orElse("may be in use: the history shows no request for it, but does not show every request");
            throw new OperationException(
                    OperationException.Kind.UNCONFIRMED,
                    "generation " + key.generation() + " " + why + ". A volume that is still bound to it will never"
                            + " unlock automatically again; confirm with its number to destroy it");
        }
    }

    /** The uses of a device's keys, as far as the journal was read. */
    public Uses of(String deviceId) {
        return store.get(RecordMapper.KEY_USE, deviceId)
                .map(record -> RecordMapper.read(record, Uses.class))
                .orElseGet(() -> Uses.none(deviceId));
    }

    /** Reads what is new in the journal, at most 100,000 rows. */
    public synchronized State catchUp() {
        for (int batch = 0; batch < BATCHES; batch++) {
            Optional<PolicyRecord> stored = store.get(RecordMapper.KEY_USE_INDEX, ID);
            Progress progress = stored.map(record -> RecordMapper.read(record, Progress.class))
                    .orElseGet(() -> new Progress(new TreeMap<>(), Instant.EPOCH));
            Optional<JournalFollower.Batch> next = follower.next(new JournalFollower.Position(progress.read()), ROWS);
            if (next.isEmpty()) {
                return new State(true, progress.since());
            }
            advance(stored, progress, next.get());
        }
        Instant since = store.get(RecordMapper.KEY_USE_INDEX, ID)
                .map(record -> RecordMapper.read(record, Progress.class).since())
                .orElse(Instant.EPOCH);
        return new State(false, since);
    }

    /** A conflict means that another node reads the same rows; the next batch begins where that one has ended. */
    private void advance(Optional<PolicyRecord> stored, Progress progress, JournalFollower.Batch batch) {
        Instant since = progress.since();
        Map<String, List<UnlockRecord>> attempts = new HashMap<>();
        long expected = batch.after() + 1;
        for (JournalRow row : batch.rows()) {
            boolean isLost = row.sequence() != expected;
            if (row.entry().kind() == JournalEntry.Kind.UNLOCK) {
                isLost |= !read(row, attempts);
            }
            if (isLost && row.entry().time().isAfter(since)) {
                since = row.entry().time();
            }
            expected = row.sequence() + 1;
        }
        if (put(attempts)) {
            store.write(StoreWrite.of()
                    .put(new PolicyRecord(
                            RecordMapper.KEY_USE_INDEX,
                            ID,
                            stored.map(PolicyRecord::version).orElse(0L) + 1,
                            Json.write(new Progress(batch.end().read(), since)),
                            Set.of(),
                            Set.of()))
                    .build());
        }
    }

    private boolean read(JournalRow row, Map<String, List<UnlockRecord>> attempts) {
        try {
            UnlockRecord attempt = reader.apply(row);
            attempts.computeIfAbsent(attempt.deviceId(), id -> new ArrayList<>())
                    .add(attempt);
            return true;
        } catch (UnreadableRecordException e) {
            return false;
        }
    }

    private boolean put(Map<String, List<UnlockRecord>> attempts) {
        List<PolicyRecord> changed = new ArrayList<>();
        for (Map.Entry<String, List<UnlockRecord>> device : attempts.entrySet()) {
            changed(device.getKey(), device.getValue()).ifPresent(changed::add);
        }
        for (int i = 0; i < changed.size(); i += PUTS) {
            PolicyRecord[] some =
                    changed.subList(i, Math.min(i + PUTS, changed.size())).toArray(PolicyRecord[]::new);
            if (!store.write(StoreWrite.of().put(some).build()).isWritten()) {
                return false;
            }
        }
        return true;
    }

    private Optional<PolicyRecord> changed(String deviceId, List<UnlockRecord> attempts) {
        Optional<Device> device = store.get(RecordMapper.DEVICE, deviceId)
                .flatMap(record -> RecordMapper.readIfReadable(record, Device.class));
        if (device.isEmpty()) {
            return Optional.empty();
        }
        Optional<PolicyRecord> stored = store.get(RecordMapper.KEY_USE, deviceId);
        Uses before = stored.flatMap(record -> RecordMapper.readIfReadable(record, Uses.class))
                .orElseGet(() -> Uses.none(deviceId));
        Uses after = before;
        for (UnlockRecord attempt : attempts) {
            after = after.with(attempt, device.get());
        }
        return after.equals(before)
                ? Optional.empty()
                : Optional.of(new PolicyRecord(
                        RecordMapper.KEY_USE,
                        deviceId,
                        stored.map(PolicyRecord::version).orElse(0L) + 1,
                        Json.write(after),
                        Set.of(),
                        Set.of()));
    }
}
