package io.panocrypt.policy.internal.admission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the attempts of waiting hosts until they are written to the approval request.
 *
 * <p>Per node and in memory, for at most 16,384 requests. Thread-safe.
 */
public final class PendingAttempts {
    private static final int MAX_REQUESTS = 16_384;

    /**
     * Attempts that the stored request does not include yet.
     *
     * @param count how many
     * @param first when the first one was decided
     * @param last when the last one was decided
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

    private final int maxRequests;
    private final Map<String, Waited> counts = new HashMap<>();

    /** Starts without counts. */
    public PendingAttempts() {
        this(MAX_REQUESTS);
    }

    PendingAttempts(int maxRequests) {
        this.maxRequests = maxRequests;
    }

    /** Counts an attempt; false if there is no room for another request. */
    public synchronized boolean count(String requestId, Instant time) {
        if (counts.size() >= maxRequests && !counts.containsKey(requestId)) {
            return false;
        }
        putBack(new Waited(requestId, 1, time, time));
        return true;
    }

    /** Removes and returns the count of a request. */
    public synchronized Optional<Waited> take(String requestId) {
        return Optional.ofNullable(counts.remove(requestId));
    }

    /** Adds a count again that could not be written. */
    public synchronized void putBack(Waited waited) {
        counts.merge(waited.requestId(), waited, Waited::and);
    }

    /** Removes and returns the counts that began before a time, so that none waits for a later attempt. */
    public synchronized List<Waited> takeSince(Instant before) {
        List<Waited> taken = new ArrayList<>(counts.values());
        taken.removeIf(waited -> !waited.first().isBefore(before));
        taken.forEach(waited -> counts.remove(waited.requestId()));
        return taken;
    }
}
