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

/** The threads that work beside the requests of a service, and the order in which they end. */
public final class BackgroundTasks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BackgroundTasks.class.getName());

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** A server that is restarted often must come to it too, and a start has better things to do. */
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

    /** Writes down what was counted, and takes a checkpoint, so often. */
    public void takeCheckpoints(Duration interval) {
        checkpoints = PeriodicTask.start("checkpoint", interval, interval, () -> checkpoint(attempts::flush));
    }

    /** Removes what is older than that, once a day. */
    public void keepHistory(Retention cutter, Duration kept) {
        retention = PeriodicTask.start("retention", FIRST_RETENTION, RETENTION_PAUSE, () -> cutter.keep(kept));
    }

    private void checkpoint(Runnable flush) {
        flushOrLog(flush);
        signer.take();
    }

    /** What is counted must not keep a checkpoint from being taken. */
    private static void flushOrLog(Runnable flush) {
        try {
            flush.run();
        } catch (RuntimeException e) {
            OutageLog.logFailure(LOG, "what was counted is not written yet", e);
        }
    }

    /** The last checkpoint comes last: it signs what the others have written. */
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
