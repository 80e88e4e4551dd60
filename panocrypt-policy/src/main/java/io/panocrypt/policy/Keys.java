package io.panocrypt.policy;

import io.panocrypt.policy.internal.edit.Edit;
import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.edit.Validation;
import io.panocrypt.policy.internal.keys.KeyJobRunner;
import io.panocrypt.policy.internal.keys.KeyReporter;
import io.panocrypt.policy.internal.keys.KeyUseIndex;
import io.panocrypt.policy.internal.keys.StoredKeyJob;
import io.panocrypt.policy.internal.records.IdGenerator;
import io.panocrypt.policy.internal.records.Paging;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.OperationException;
import io.panocrypt.policy.model.Page;
import io.panocrypt.policy.model.keys.KeyGeneration;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.model.keys.KeyReport;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Shows when devices' keys were used, and rotates or destroys those of many devices at a pace.
 *
 * <p>Jobs run in the background of every node that takes checkpoints, begin within 15 s, and go on after a restart. Thread-safe; throws as {@link
 * Devices} does.
 */
public final class Keys {
    /** A generation must have been hidden for at least this long before a job destroys it. */
    public static final Duration MIN_HIDDEN = Duration.ofDays(1);

    /** The highest pace of a job, in devices a minute. */
    public static final int MAX_PACE = 6_000;

    /** The id of the job that the service starts by itself. */
    private static final String SCHEDULED = "scheduled";

    private static final Duration MAX_AGE = Duration.ofDays(36_500);

    private final Store store;
    private final InstantSource clock;
    private final IdGenerator ids;
    private final PolicyEditor editor;
    private final Devices devices;
    private final KeyUseIndex index;
    private final KeyReporter reporter;
    private final KeyJobRunner runner;

    Keys(Store store, InstantSource clock, IdGenerator ids, PolicyEditor editor, Devices devices, KeyUseIndex index) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.editor = editor;
        this.devices = devices;
        this.index = index;
        this.reporter = new KeyReporter(store, clock, index);
        this.runner = new KeyJobRunner(store, clock, index, devices.jobEdits());
    }

    /** The device's generations with their last use, oldest first; none once it is revoked. */
    public List<KeyGeneration> generations(String deviceId) {
        return reporter.generations(devices.get(deviceId));
    }

    /** The generations of a device that was just read. */
    public List<KeyGeneration> generations(Device device) {
        return reporter.generations(device);
    }

    /**
     * Counts the devices that still use old keys. Reads all of them, and what is new in the journal.
     *
     * @param tag a tag of the devices; null for all
     * @param olderThan lists the devices whose advertised keys are older; null lists those that used a hidden key
     * @param cursor the position after which to list; null from the oldest
     * @param limit maximum number of listed devices, 1 to 1,000
     */
    public KeyReport report(@Nullable String tag, @Nullable Duration olderThan, @Nullable String cursor, int limit) {
        Paging.check(limit);
        return reporter.report(tag, olderThan, cursor, limit);
    }

    /**
     * Starts a job on the devices that have all the tags.
     *
     * @param tags at most 64; none for every device
     * @param age for a rotation, how old the advertised keys must be by now, zero for any age; for a destruction, how long a
     *     generation must have been hidden and provably unused, a day at least
     * @param pace devices a minute, 1 to 6,000
     */
    public KeyJob start(Actor actor, KeyJob.Act act, Collection<String> tags, Duration age, int pace) {
        return start(actor, ids.next(), 1, act, tags, age, pace);
    }

    private KeyJob start(
            Actor actor, String id, long version, KeyJob.Act act, Collection<String> tags, Duration age, int pace) {
        SortedSet<String> normalised = Validation.normalisedTags(tags);
        List<String> problems = new ArrayList<>();
        Validation.checkTags(normalised, problems);
        Duration min = act == KeyJob.Act.DESTROY ? MIN_HIDDEN : Duration.ZERO;
        if (age.compareTo(min) < 0 || age.compareTo(MAX_AGE) > 0) {
            problems.add("age must be " + min + " to " + MAX_AGE.toDays() + " days");
        }
        if (pace < 1 || pace > MAX_PACE) {
            problems.add("pace must be 1 to " + MAX_PACE + " devices a minute");
        }
        Validation.refuse(problems);
        Instant now = clock.instant();
        KeyJob job = new KeyJob(
                id,
                act,
                normalised,
                age,
                pace,
                actor.id(),
                now,
                KeyJob.State.RUNNING,
                Optional.empty(),
                0,
                0,
                0,
                version);
        editor.apply(editor.draft(actor, "key-job.start", RecordMapper.KEY_JOB, id, null, audit(job))
                .put(new StoredKeyJob(job, null, now).record()));
        return job;
    }

    /** A job as the audit shows it. */
    private record JobAudit(KeyJob.Act act, SortedSet<String> tags, String age, int pace) {}

    private static JobAudit audit(KeyJob job) {
        return new JobAudit(job.act(), job.tags(), job.age().toString(), job.pace());
    }

    /** The job with that id; {@code NOT_FOUND} if there is none. */
    public KeyJob job(String id) {
        return stored(id).job();
    }

    private StoredKeyJob stored(String id) {
        return store.get(RecordMapper.KEY_JOB, id)
                .map(StoredKeyJob::of)
                .orElseThrow(() -> OperationException.notFound("key job"));
    }

    /** Jobs, oldest first, ended ones too. The limit is 1 to 1,000. */
    public Page<KeyJob> jobs(@Nullable String cursor, int limit) {
        Paging.check(limit);
        return Paging.of(
                store.scan(RecordMapper.KEY_JOB, null, cursor, limit),
                limit,
                record -> StoredKeyJob.of(record).job());
    }

    /** Stops a running job; what it has done stays. {@code CONFLICT} if it has ended. */
    public KeyJob cancel(Actor actor, String id) {
        return editor.retrying(() -> stored(id), before -> {
            if (before.job().state() != KeyJob.State.RUNNING) {
                throw new OperationException(OperationException.Kind.CONFLICT, "the job has ended");
            }
            StoredKeyJob after = before.ended(KeyJob.State.CANCELLED, clock.instant());
            return new Edit<>(
                    editor.draft(actor, "key-job.cancel", RecordMapper.KEY_JOB, id, audit(before.job()), null)
                            .put(after.record()),
                    after.job());
        });
    }

    /** Makes the steps of jobs that are due; false if no job runs. */
    boolean work() {
        return runner.run();
    }

    /** Reads what is new in the journal. */
    void index() {
        index.catchUp();
    }

    /** Starts the job that rotates old keys, once a day. Another node may have done so. */
    void startScheduled(Duration after, int pace) {
        Optional<PolicyRecord> last = store.get(RecordMapper.KEY_JOB, SCHEDULED);
        Instant now = clock.instant();
        boolean isDue = last.map(StoredKeyJob::of)
                .filter(job -> job.job().state() == KeyJob.State.RUNNING
                        || job.job().started().plus(Duration.ofDays(1)).isAfter(now))
                .isEmpty();
        if (isDue) {
            try {
                start(
                        Actor.SERVICE,
                        SCHEDULED,
                        last.map(PolicyRecord::version).orElse(0L) + 1,
                        KeyJob.Act.ROTATE,
                        List.of(),
                        after,
                        pace);
            } catch (OperationException e) {
                if (e.kind() != OperationException.Kind.STALE) {
                    throw e;
                }
            }
        }
    }
}
