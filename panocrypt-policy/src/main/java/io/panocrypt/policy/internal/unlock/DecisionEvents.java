package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.internal.unlock.Evaluation.Decided;
import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.model.RuleFinding;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Notifies listeners of what attempts came to, and how long that took. Thread-safe. */
public final class DecisionEvents {
    private final List<ListenerWorker> listeners;

    public DecisionEvents(List<DecisionListener> listeners) {
        this.listeners = IntStream.range(0, listeners.size())
                .mapToObj(i -> new ListenerWorker(listeners.get(i), i + 1))
                .toList();
    }

    /** An attempt has arrived. */
    AttemptTimer start() {
        return new AttemptTimer(System.nanoTime());
    }

    /** A device said that it runs; empty for one that policy does not let say so. */
    public void alive(Optional<String> deviceId) {
        listeners.forEach(listener -> listener.offer(new DecisionEvent.Alive(deviceId)));
    }

    /** Takes the time of one attempt, and reports its outcome once; for its thread. */
    final class AttemptTimer {
        private final long arrival;
        private boolean reported;

        private AttemptTimer(long arrival) {
            this.arrival = arrival;
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - arrival);
        }

        void unknown() {
            publish(new DecisionEvent.Unknown(elapsed()));
        }

        void limited(Decided decided) {
            report(decided, Outcome.DENIED, Reason.RATE_LIMITED, elapsed(), Optional.empty());
        }

        void refused(Decided decided) {
            report(decided, decided.decision().outcome(), decided.decision().reason(), elapsed(), Optional.empty());
        }

        /** @param deciding what {@link #elapsed} was when the multiplication began */
        void answered(Decided decided, Duration deciding) {
            report(
                    decided,
                    decided.decision().outcome(),
                    decided.decision().reason(),
                    deciding,
                    Optional.of(elapsed().minus(deciding)));
        }

        void failed(DecisionEvent.Fault fault, Optional<String> deviceId) {
            publish(new DecisionEvent.Failed(fault, deviceId, elapsed()));
        }

        private void report(
                Decided decided, Outcome outcome, Reason reason, Duration deciding, Optional<Duration> multiplying) {
            publish(new DecisionEvent.Decided(
                    decided.snapshot().now(),
                    decided.device().id(),
                    decided.attempt().source(),
                    outcome,
                    reason,
                    decided.decision().rule().map(RuleFinding::rule),
                    deciding,
                    multiplying));
        }

        /** Only the first event counts: what fails after it changes no answer. */
        private void publish(DecisionEvent event) {
            if (!reported) {
                reported = true;
                listeners.forEach(listener -> listener.offer(event));
            }
        }
    }

    /** Gives the listeners a moment for the events that wait, and ends their threads. */
    public void close() {
        listeners.forEach(ListenerWorker::end);
        listeners.forEach(ListenerWorker::await);
    }
}
