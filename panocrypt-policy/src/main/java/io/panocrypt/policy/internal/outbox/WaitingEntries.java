package io.panocrypt.policy.internal.outbox;

import io.panocrypt.policy.spi.store.LeasedEntry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;

/** Leased entries that wait for room at their target, oldest first for each target. Not thread-safe. */
final class WaitingEntries {
    /** Large, because leasing many entries takes few calls, but each entry that is put off takes one. */
    static final int MAX_OF_A_TARGET = 2_048;

    private static final int MAX_IN_ALL = 4_096;

    /** @param since no later than when the lease began */
    record Waiting(String lease, LeasedEntry leased, String target, Instant since) {}

    private final Map<String, Queue<Waiting>> byTarget = new LinkedHashMap<>();
    private int size;

    /** Adds an entry; false if too many wait. */
    boolean add(Waiting entry) {
        Queue<Waiting> queue = byTarget.get(entry.target());
        if (size >= MAX_IN_ALL || queue != null && queue.size() >= MAX_OF_A_TARGET) {
            return false;
        }
        byTarget.computeIfAbsent(entry.target(), target -> new ArrayDeque<>()).add(entry);
        size++;
        return true;
    }

    /** Removes the oldest entry of a target that has room. */
    Optional<Waiting> next(Predicate<String> hasRoom) {
        return byTarget.keySet().stream().filter(hasRoom).findFirst().map(this::poll);
    }

    /** Removes the entries that have waited since that time or longer. */
    List<Waiting> waitingSince(Instant time) {
        List<Waiting> found = new ArrayList<>();
        for (String target : List.copyOf(byTarget.keySet())) {
            Queue<Waiting> queue = byTarget.get(target);
            while (queue != null && !queue.isEmpty() && !queue.peek().since().isAfter(time)) {
                found.add(poll(target));
            }
        }
        return found;
    }

    private Waiting poll(String target) {
        Queue<Waiting> queue = Objects.requireNonNull(byTarget.get(target));
        Waiting first = queue.remove();
        if (queue.isEmpty()) {
            byTarget.remove(target);
        }
        size--;
        return first;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
