package io.panocrypt.policy.internal.keys;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.keys.KeyJob;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A job with its place among the devices.
 *
 * @param cursor the id of the last device that it has handled; null before the first
 * @param next when it may change another one
 */
public record StoredKeyJob(KeyJob job, @Nullable String cursor, Instant next) {
    static final String RUNNING = "running";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The members of the stored text. */
    private record Body(
            KeyJob.Act act,
            SortedSet<String> tags,
            long ageSeconds,
            int pace,
            String startedBy,
            Instant started,
            KeyJob.State state,
            Optional<Instant> ended,
            int changed,
            int kept,
            int failed,
            @Nullable String cursor,
            Instant next) {}

    public static StoredKeyJob of(PolicyRecord record) {
        Body body = RecordMapper.read(record, Body.class);
        return new StoredKeyJob(
                new KeyJob(
                        record.id(),
                        body.act(),
                        body.tags(),
                        Duration.ofSeconds(body.ageSeconds()),
                        body.pace(),
                        body.startedBy(),
                        body.started(),
                        body.state(),
                        body.ended(),
                        body.changed(),
                        body.kept(),
                        body.failed(),
                        record.version()),
                body.cursor(),
                body.next());
    }

    public PolicyRecord record() {
        Body body = new Body(
                job.act(),
                job.tags(),
                job.age().toSeconds(),
                job.pace(),
                job.startedBy(),
                job.started(),
                job.state(),
                job.ended(),
                job.changed(),
                job.kept(),
                job.failed(),
                cursor,
                next);
        return new PolicyRecord(
                RecordMapper.KEY_JOB,
                job.id(),
                job.version(),
                Json.write(body),
                Set.of(),
                job.state() == KeyJob.State.RUNNING ? Set.of(RUNNING) : Set.of());
    }

    /** After a device, with one more in that count. */
    StoredKeyJob after(Device device, Result result, Instant now) {
        Duration interval = Duration.ofMinutes(1).dividedBy(job.pace());
        // A node looks each second. A job that did not run for longer does not make up for it.
        Instant earliest = next.isBefore(now.minus(PAUSE)) ? now.minus(PAUSE) : next;
        return new StoredKeyJob(
                with(
                        KeyJob.State.RUNNING,
                        Optional.empty(),
                        job.changed() + (result == Result.CHANGED ? 1 : 0),
                        job.kept() + (result == Result.KEPT ? 1 : 0),
                        job.failed() + (result == Result.FAILED ? 1 : 0)),
                device.id(),
                result == Result.KEPT ? next : earliest.plus(interval));
    }

    /** What came of a device. */
    enum Result {
        CHANGED,
        KEPT,
        FAILED
    }

    public StoredKeyJob ended(KeyJob.State state, Instant now) {
        return new StoredKeyJob(with(state, Optional.of(now), job.changed(), job.kept(), job.failed()), cursor, next);
    }

    private KeyJob with(KeyJob.State state, Optional<Instant> ended, int changed, int kept, int failed) {
        return new KeyJob(
                job.id(),
                job.act(),
                job.tags(),
                job.age(),
                job.pace(),
                job.startedBy(),
                job.started(),
                state,
                ended,
                changed,
                kept,
                failed,
                job.version() + 1);
    }
}
