package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.custody.KeyDestroyer;
import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.outbox.Dispatcher;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.internal.resilience.PeriodicTask;
import io.panocrypt.policy.internal.unlock.AttemptLog;
import io.panocrypt.policy.internal.unlock.DecisionEvents;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The background threads of a service, and the order in which they stop. */
public final class BackgroundTasks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BackgroundTasks.class.getName());

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** Early enough for servers that restart often, late enough not to slow down the start. */
    private static final Duration FIRST_RETENTION = Duration.ofMinutes(5);

    private static final Duration RETENTION_PAUSE = Duration.ofDays(1);

    private static final Duration FIRST_DESTRUCTION = Duration.ofSeconds(1);

    private static final Duration DESTRUCTION_PAUSE = Duration.ofMinutes(1);
    private static final Duration KEY_JOB_PAUSE = Duration.ofSeconds(1);
    /** Without a job the store is asked for one only every 15 s. */
    private static final int IDLE_PAUSES = 15;

    private static final Duration KEY_INDEX_PAUSE = Duration.ofMinutes(1);

    private final AttemptLog attempts;
    private final Checkpoints signer;
    private final DecisionEvents events;
    private final Dispatcher dispatcher;
    private @Nullable PeriodicTask checkpoints;
    private @Nullable PeriodicTask retention;
    private @Nullable PeriodicTask masterKeys;
    private Runnable lastOfMasterKeys = () -> {};
    private @Nullable PeriodicTask keyDestruction;
    private @Nullable PeriodicTask keyJobs;
    private @Nullable PeriodicTask keyIndex;

    public BackgroundTasks(AttemptLog attempts, Checkpoints signer, DecisionEvents events, Dispatcher dispatcher) {
        this.attempts = attempts;
        this.signer = signer;
        this.events = events;
        this.dispatcher = dispatcher;
    }

    /** Flushes counted attempts and takes a checkpoint at this interval. */
    public void takeCheckpoints(Duration interval) {
        checkpoints = PeriodicTask.start("checkpoint", interval, interval, () -> checkpoint(attempts::flush));
    }

    /** Removes journal entries older than {@code kept} once a day. */
    public void keepHistory(Retention cutter, Duration kept) {
        retention = PeriodicTask.start("retention", FIRST_RETENTION, RETENTION_PAUSE, () -> cutter.keep(kept));
    }

    /**
     * Announces this node and continues re-wraps at this interval, on a thread of its own because a re-wrap may take long.
     *
     * @param last for the end of the service
     * @return runs the task soon
     */
    public Runnable watchMasterKeys(Duration interval, Runnable task, Runnable last) {
        PeriodicTask started = PeriodicTask.start("master-key", interval, interval, task);
        masterKeys = started;
        lastOfMasterKeys = last;
        return () -> started.runSoon(task);
    }

    /** Destroys keys that were not destroyed when they were removed. */
    public void destroyKeys(KeyDestroyer destroyer) {
        keyDestruction =
                PeriodicTask.start("key destruction", FIRST_DESTRUCTION, DESTRUCTION_PAUSE, destroyer::workOff);
    }

    /**
     * Works on jobs for keys, each second while there are any, and on what they need, each minute.
     *
     * @param jobs makes the steps that are due; false if no job runs
     * @param index reads the journal on
     */
    public void workOnKeys(BooleanSupplier jobs, Runnable index) {
        AtomicInteger pauses = new AtomicInteger(IDLE_PAUSES);
        keyJobs = PeriodicTask.start("key-jobs", KEY_JOB_PAUSE, KEY_JOB_PAUSE, () -> {
            if (pauses.decrementAndGet() <= 0) {
                pauses.set(IDLE_PAUSES);
                if (jobs.getAsBoolean()) {
                    pauses.set(1);
                }
            }
        });
        keyIndex = PeriodicTask.start("key-index", KEY_INDEX_PAUSE, KEY_INDEX_PAUSE, index);
    }

    private void checkpoint(Runnable flush) {
        flushOrLog(flush);
        signer.take();
    }

    /** A failed flush must not prevent the checkpoint. */
    private static void flushOrLog(Runnable flush) {
        try {
            flush.run();
        } catch (RuntimeException e) {
            OutageLog.logFailure(
                    LOG, "counted attempts could not be written to the journal; the next flush tries again", e);
        }
    }

    /** Takes the last checkpoint at the end, so that it signs what the other tasks wrote. */
    @Override
    public void close() {
        events.close();
        dispatcher.close();
        Stream.of(keyDestruction, retention, keyJobs, keyIndex, masterKeys)
                .filter(Objects::nonNull)
                .forEach(task -> task.stop(CLOSE_TIMEOUT));
        lastOfMasterKeys.run();
        if (checkpoints == null) {
            flushOrLog(attempts::flushAll);
        } else {
            checkpoints.finish(() -> checkpoint(attempts::flushAll), CLOSE_TIMEOUT);
        }
    }
}
