package io.panocrypt.policy.internal;

import io.panocrypt.policy.internal.journal.Checkpoints;
import io.panocrypt.policy.internal.journal.Retention;
import io.panocrypt.policy.internal.outbox.Dispatcher;
import io.panocrypt.policy.internal.resilience.OutageLog;
import io.panocrypt.policy.internal.resilience.PeriodicTask;
import io.panocrypt.policy.internal.unlock.AttemptLog;
import io.panocrypt.policy.internal.unlock.DecisionEvents;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The background threads of a service, and the order in which they stop. */
public final class BackgroundTasks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BackgroundTasks.class.getName());

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** Early enough for servers that restart often, late enough not to slow down the start. */
    private static final Duration FIRST_RETENTION = Duration.ofMinutes(5);

    private static final Duration RETENTION_PAUSE = Duration.ofDays(1);

    private final AttemptLog attempts;
    private final Checkpoints signer;
    private final DecisionEvents events;
    private final Dispatcher dispatcher;
    private @Nullable PeriodicTask checkpoints;
    private @Nullable PeriodicTask retention;

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
        if (retention != null) {
            retention.stop(CLOSE_TIMEOUT);
        }
        if (checkpoints == null) {
            flushOrLog(attempts::flushAll);
        } else {
            checkpoints.finish(() -> checkpoint(attempts::flushAll), CLOSE_TIMEOUT);
        }
    }
}
