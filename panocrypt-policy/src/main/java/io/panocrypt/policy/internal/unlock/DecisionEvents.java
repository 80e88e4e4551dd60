package io.panocrypt.policy.internal.unlock;

import io.panocrypt.policy.model.Outcome;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.spi.event.DecisionEvent;
import io.panocrypt.policy.spi.event.DecisionListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tells listeners what became of attempts, and how long that took. Thread-safe. */
public final class DecisionEvents {
    private final List<ListenerWorker> listeners;

    public DecisionEvents(List<DecisionListener> listeners) {
        this.listeners = IntStream.range(0, listeners.size())
                .mapToObj(i -> new ListenerWorker(listeners.get(i), i + 1))
                .toList();
    }

    /** An attempt has arrived. */
    Watch watch() {
        return new Watch(System.nanoTime());
    }

    /** The time since an attempt arrived; for its thread. */
    final class Watch {
        private final long arrival;
        private boolean told;

        private Watch(long arrival) {
            this.arrival = arrival;
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - arrival);
        }

        void unknown() {
            tell(new DecisionEvent.Unknown(elapsed()));
        }

        void limited(EvaluatedAttempt judged) {
            decided(judged, Outcome.DENIED, Reason.RATE_LIMITED, elapsed(), Optional.empty());
        }

        void refused(EvaluatedAttempt judged) {
            decided(judged, judged.decision().outcome(), judged.decision().reason(), elapsed(), Optional.empty());
        }

        /** @param deciding what had {@linkplain #elapsed} when the multiplication began */
        void answered(EvaluatedAttempt judged, Duration deciding) {
            decided(
                    judged,
                    judged.decision().outcome(),
                    judged.decision().reason(),
                    deciding,
                    Optional.of(elapsed().minus(deciding)));
        }

        void failed(DecisionEvent.Fault fault, Optional<String> deviceId) {
            tell(new DecisionEvent.Failed(fault, deviceId, elapsed()));
        }

        private void decided(
                EvaluatedAttempt judged,
                Outcome outcome,
                Reason reason,
                Duration deciding,
                Optional<Duration> multiplying) {
            tell(new DecisionEvent.Decided(
                    judged.snapshot().now(),
                    judged.device().id(),
                    judged.attempt().source(),
                    outcome,
                    reason,
                    deciding,
                    multiplying));
        }

        /** The first event is what became of the attempt: what fails afterwards changes no answer. */
        private void tell(DecisionEvent event) {
            if (!told) {
                told = true;
                listeners.forEach(listener -> listener.tell(event));
            }
        }
    }

    /** Lets the listeners hear what waits, for a moment, and ends their threads. */
    public void close() {
        listeners.forEach(ListenerWorker::end);
        listeners.forEach(ListenerWorker::await);
    }
}
