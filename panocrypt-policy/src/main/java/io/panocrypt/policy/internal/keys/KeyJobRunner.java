package io.panocrypt.policy.internal.keys;

import io.panocrypt.crypto.custody.CustodyException;
import io.panocrypt.policy.internal.keys.StoredKeyJob.Result;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceKey;
import io.panocrypt.policy.model.DeviceState;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the steps of running jobs that are due.
 *
 * <p>A step changes one device and moves the job's place behind it in one write: of several nodes one succeeds, and no crash
 * loses or repeats a device. Thread-safe.
 */
public final class KeyJobRunner {
    private static final System.Logger LOG = System.getLogger(KeyJobRunner.class.getName());

    private static final int SCAN = 100;

    /** Steps of one job in one run; between two runs the service can stop. */
    private static final int STEPS = 100;

    private final Store store;
    private final InstantSource clock;
    private final KeyUseIndex index;
    private final Edits edits;

    /** The edits of devices, each committed with the record of the job. */
    public interface Edits {
        void rotate(String deviceId, PolicyRecord job);

        void destroy(String deviceId, Set<Integer> generations, PolicyRecord job);
    }

    public KeyJobRunner(Store store, InstantSource clock, KeyUseIndex index, Edits edits) {
        this.store = store;
        this.clock = clock;
        this.index = index;
        this.edits = edits;
    }

    /** Makes the steps that are due, at most 100 for each job; false if no job runs. */
    public boolean run() {
        List<PolicyRecord> running = store.scan(RecordMapper.KEY_JOB, StoredKeyJob.RUNNING, null, SCAN);
        for (PolicyRecord record : running) {
            Optional<StoredKeyJob> job = Optional.of(StoredKeyJob.of(record));
            for (int step = 0; step < STEPS && job.filter(this::isDue).isPresent(); step++) {
                job = step(job.get());
            }
        }
        return !running.isEmpty();
    }

    private boolean isDue(StoredKeyJob job) {
        return job.job().state() == KeyJob.State.RUNNING && !job.next().isAfter(clock.instant());
    }

    /** The job after the step; empty if another node was faster or it was cancelled. */
    private Optional<StoredKeyJob> step(StoredKeyJob job) {
        Instant now = clock.instant();
        Optional<Device> next = next(job, now);
        if (next.isEmpty()) {
            return written(job.ended(KeyJob.State.DONE, now));
        }
        Device device = next.get();
        Set<Integer> unused = job.job().act() == KeyJob.Act.DESTROY ? unused(job, device, now) : Set.of();
        if (job.job().act() == KeyJob.Act.DESTROY && unused.isEmpty()) {
            return written(job.after(device, Result.KEPT, now));
        }
        StoredKeyJob done = job.after(device, Result.CHANGED, now);
        try {
            if (job.job().act() == KeyJob.Act.ROTATE) {
                edits.rotate(device.id(), done.record());
            } else {
                edits.destroy(device.id(), unused, done.record());
            }
            return Optional.of(done);
        } catch (OperationException | CustodyException e) {
            if (hasMoved(job)) {
                return Optional.empty();
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "key job {0} did not change device {1}: {2}",
                    job.job().id(),
                    device.id(),
                    e.getMessage());
            return written(job.after(device, Result.FAILED, now));
        }
    }

    private boolean hasMoved(StoredKeyJob job) {
        return store.get(RecordMapper.KEY_JOB, job.job().id())
                .filter(record -> record.version() == job.job().version())
                .isEmpty();
    }

    private Optional<StoredKeyJob> written(StoredKeyJob job) {
        return store.write(StoreWrite.of().put(job.record()).build()).isWritten() ? Optional.of(job) : Optional.empty();
    }

    private Optional<Device> next(StoredKeyJob job, Instant now) {
        String term =
                job.job().tags().stream().findFirst().map(RecordMapper::tagTerm).orElse(null);
        String after = job.cursor();
        List<PolicyRecord> page;
        do {
            page = store.scan(RecordMapper.DEVICE, term, after, SCAN);
            for (PolicyRecord record : page) {
                after = record.id();
                Optional<Device> device = RecordMapper.readIfReadable(record, Device.class)
                        .filter(candidate -> isFor(job.job(), candidate, now));
                if (device.isPresent()) {
                    return device;
                }
            }
        } while (page.size() == SCAN);
        return Optional.empty();
    }

    private static boolean isFor(KeyJob job, Device device, Instant now) {
        if (device.state() == DeviceState.REVOKED || !device.tags().containsAll(job.tags())) {
            return false;
        }
        return job.act() == KeyJob.Act.ROTATE
                // What was made since the start needs no rotation.
                ? KeyAge.advertisedSince(device).isBefore(job.started())
                        && !KeyAge.advertisedSince(device).plus(job.age()).isAfter(job.started())
                : KeyAge.hidden(device).stream().anyMatch(key -> isOldEnough(job, device, key, now));
    }

    private static boolean isOldEnough(KeyJob job, Device device, DeviceKey key, Instant now) {
        return !KeyAge.hiddenSince(device, key).plus(job.age()).isAfter(now);
    }

    private Set<Integer> unused(StoredKeyJob job, Device device, Instant now) {
        KeyUseIndex.State state = index.catchUp();
        KeyUseIndex.Uses uses = index.of(device.id());
        return KeyAge.hidden(device).stream()
                .filter(key -> isOldEnough(job.job(), device, key, now))
                .filter(key -> state.provesUnused(uses, key, KeyAge.hiddenSince(device, key)))
                .map(DeviceKey::generation)
                .collect(Collectors.toSet());
    }
}
