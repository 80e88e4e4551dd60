package io.panocrypt.policy.internal.admission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attempts of hosts that wait for a decision, counted until they are written into the approval request.
 *
 * <p>Per node and in memory, for 16,384 requests at most. Thread-safe.
 */
public final class PendingAttempts {
    private static final int MAX_REQUESTS = 16_384;

    /**
     * Attempts that a request does not tell yet.
     *
     * @param count how many
     * @param first when the first of them was decided
     * @param last when the last of them was decided
     */
    public record Waited(String requestId, long count, Instant first, Instant last) {
        Waited and(Waited other) {
            return new Waited(
                    requestId,
                    count + other.count,
                    first.isBefore(other.first) ? first : other.first,
                    last.isAfter(other.last) ? last : other.last);
        }
    }

    private final int most;
    private final Map<String, Waited> waits = new HashMap<>();

    /** Counts nothing yet. */
    public PendingAttempts() {
        this(MAX_REQUESTS);
    }

    PendingAttempts(int most) {
        this.most = most;
    }

    /** Counts an attempt; false, and not counted, if there is no room. */
    public synchronized boolean count(String requestId, Instant time) {
        if (waits.size() >= most && !waits.containsKey(requestId)) {
            return false;
        }
        putBack(new Waited(requestId, 1, time, time));
        return true;
    }

    /** Takes what is counted of a request. */
    public synchronized Optional<Waited> take(String requestId) {
        return Optional.ofNullable(waits.remove(requestId));
    }

    /** Counts again what was taken and could not be written. */
    public synchronized void putBack(Waited waited) {
        waits.merge(waited.requestId(), waited, Waited::and);
    }

    /** Takes what has been counted since before that time, so that no later attempt will write it. */
    public synchronized List<Waited> takeSince(Instant before) {
        List<Waited> taken = new ArrayList<>(waits.values());
        taken.removeIf(waited -> !waited.first().isBefore(before));
        taken.forEach(waited -> waits.remove(waited.requestId()));
        return taken;
    }
}
