package io.panocrypt.policy.store.memory;

import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The reference outbox; not thread-safe, its store holds the lock. */
final class MemoryOutbox {
    private enum State {
        WAITING,
        DONE,
        DEAD
    }

    /** An entry and its state. */
    private static final class Kept {
        private final OutboxEntry entry;
        private final Instant created;
        private State state = State.WAITING;
        /** When it may be leased; after it is settled, when that was. */
        private Instant due;

        private int attempts;
        private @Nullable String lease;
        private String cause = "";

        Kept(OutboxEntry entry, Instant now) {
            this.entry = entry;
            this.created = now;
            this.due = now;
        }

        void become(State next, Instant when) {
            state = next;
            due = when;
            lease = null;
        }
    }

    /** By id, oldest first. */
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    void keep(List<OutboxEntry> entries, Instant now) {
        entries.forEach(entry -> kept.putIfAbsent(entry.id(), new Kept(entry, now)));
    }

    List<OutboxEntry> waiting(int limit) {
        return in(State.WAITING).map(found -> found.entry).limit(limit).toList();
    }

    List<LeasedEntry> lease(String lease, Instant now, Duration length, int limit) {
        Set<String> lanes = new HashSet<>();
        List<Kept> heads = new ArrayList<>();
        in(State.WAITING).filter(found -> lanes.add(found.entry.lane())).forEach(heads::add);
        List<Kept> taken = heads.stream()
                .filter(head -> !head.due.isAfter(now))
                .sorted(Comparator.comparing(head -> head.due))
                .limit(limit)
                .toList();
        taken.forEach(head -> {
            head.lease = lease;
            head.due = now.plus(length);
            head.attempts++;
        });
        return taken.stream()
                .map(head -> new LeasedEntry(head.entry, head.attempts, head.created))
                .toList();
    }

    boolean settle(String lease, String id, Settlement settlement, Instant now) {
        Kept found = kept.get(id);
        if (found == null || !lease.equals(found.lease)) {
            return false;
        }
        if (settlement instanceof Settlement.Done done) {
            found.become(State.DONE, now);
            keep(done.followUps(), now);
        } else if (settlement instanceof Settlement.Retry retry) {
            found.become(State.WAITING, now.plus(retry.after()));
            found.cause = retry.cause();
        } else if (settlement instanceof Settlement.PutOff putOff) {
            found.become(State.WAITING, now.plus(putOff.after()));
            found.attempts--;
        } else if (settlement instanceof Settlement.Dead dead) {
            found.become(State.DEAD, now);
            found.cause = dead.cause();
            keep(dead.followUps(), now);
        } else {
            throw new IllegalStateException("unknown kind of settlement");
        }
        return true;
    }

    OutboxStatus status(Instant now) {
        return new OutboxStatus(
                now,
                in(State.WAITING).count(),
                in(State.WAITING).map(found -> found.created).min(Comparator.naturalOrder()),
                in(State.DEAD).count());
    }

    List<DeadEntry> dead(@Nullable String after, int limit) {
        List<String> ids = new ArrayList<>(kept.keySet());
        int from = after == null ? 0 : ids.indexOf(after) + 1;
        return ids.subList(from, ids.size()).stream()
                .map(kept::get)
                .filter(found -> found.state == State.DEAD)
                .limit(limit)
                .map(found -> new DeadEntry(found.entry, found.attempts, found.cause, found.created, found.due))
                .toList();
    }

    boolean revive(String id, Instant now) {
        Kept found = kept.get(id);
        if (found == null || found.state != State.DEAD) {
            return false;
        }
        found.become(State.WAITING, now);
        found.attempts = 0;
        return true;
    }

    boolean drop(String id, Instant now) {
        Kept found = kept.get(id);
        if (found == null || found.state != State.DEAD) {
            return false;
        }
        found.become(State.DONE, now);
        return true;
    }

    int purge(Instant before) {
        int size = kept.size();
        kept.values().removeIf(found -> found.state != State.WAITING && found.due.isBefore(before));
        return size - kept.size();
    }

    private Stream<Kept> in(State state) {
        return kept.values().stream().filter(found -> found.state == state);
    }
}
