package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The outbox. What is done leaves only its id, until it is purged. Thread-safe. */
final class Outbox implements OutboxStore {
    /** The keys that leasing an entry names, and those that purging an id names. */
    private static final int KEYS_OF_A_LEASE = 3;

    private static final int KEYS_OF_AN_ID = 3;
    /** Entries that are read at a time only to be counted, because they may be large. */
    private static final int SOME = 100;

    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Entries entries;
    private final NodeWriter writer;
    private final Lanes lanes;
    private final Inbox inbox;
    private final Housekeeping housekeeping;

    /** @param housekeeping runs whenever something is purged */
    Outbox(Entries entries, NodeWriter writer, Housekeeping housekeeping) {
        this.housekeeping = housekeeping;
        this.entries = entries;
        this.writer = writer;
        this.lanes = new Lanes(entries);
        this.inbox = new Inbox(entries, writer, lanes);
    }

    /** What becomes of an entry. */
    enum State {
        WAITING,
        DONE,
        DEAD
    }

    /** What is stored under an id. */
    record Place(long position, State state) {}

    @Override
    public List<OutboxEntry> waiting(int limit) {
        int most = Entries.page(limit);
        inbox.takeIn();
        return entries.scan(Keys.WAITING, Keys.end(Keys.WAITING), most).stream()
                .map(entry -> kept(entry).entry())
                .toList();
    }

    private static Kept kept(StoreEntry entry) {
        return Values.read(entry, Kept.class);
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        int most = Entries.page(limit);
        inbox.takeIn();
        List<LeasedEntry> leased = new ArrayList<>();
        Optional<String> from = Optional.of(Keys.DUE);
        while (leased.size() < most && from.isPresent()) {
            String first = from.get();
            int some = Math.min(most - leased.size(), entries.maxBatch() / KEYS_OF_A_LEASE);
            Batch batch = writer.call(Act.of(write -> lease(write, lease, length, first, some)));
            leased.addAll(batch.leased());
            from = batch.rest();
        }
        return leased;
    }

    /** @param rest where the next due entries begin; empty if there are no more */
    private record Batch(List<LeasedEntry> leased, Optional<String> rest) {}

    private Batch lease(EntryTransaction write, String lease, Duration length, String from, int most) {
        Instant now = write.now();
        List<StoreEntry> due = entries.scan(from, Keys.dueAfter(now.toEpochMilli()), most);
        List<String> reads = new ArrayList<>();
        due.forEach(entry -> reads.addAll(List.of(entry.key(), entry.value())));
        write.load(reads);
        List<LeasedEntry> leased = new ArrayList<>();
        for (StoreEntry entry : due) {
            Optional<Kept> found = write.get(entry.value(), Kept.class);
            // Both may have changed since the scan; and a lease that ends at once is due at once.
            if (found.isPresent()
                    && found.get().dueKey().equals(entry.key())
                    && write.get(entry.key()).isPresent()
                    && !lease.equals(found.get().lease())) {
                Kept before = found.get();
                Kept after = before.next(now.plus(length), before.attempts() + 1, lease, before.cause());
                write.put(after.waitingKey(), after);
                Lanes.move(write, before, after);
                leased.add(new LeasedEntry(after.entry(), after.attempts(), after.created()));
            }
        }
        return new Batch(
                leased,
                due.stream().skip(Math.max(0, due.size() - 1)).findFirst().map(last -> Keys.after(last.key())));
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        String id = Keys.outboxId(entryId);
        return writer.call(Act.of(write -> {
            Optional<Kept> leased = at(write, id, State.WAITING).filter(kept -> lease.equals(kept.lease()));
            leased.ifPresent(kept -> settle(write, kept, settlement));
            return leased.isPresent();
        }));
    }

    /** The entry with that id, if it is in that state. */
    private static Optional<Kept> at(EntryTransaction write, String id, State state) {
        return write.get(id, Place.class)
                .filter(place -> place.state() == state)
                .flatMap(place -> write.get(
                        state == State.DEAD ? Keys.dead(place.position()) : Keys.waiting(place.position()),
                        Kept.class));
    }

    private void settle(EntryTransaction write, Kept kept, Settlement settlement) {
        Instant now = write.now();
        if (settlement instanceof Settlement.Done done) {
            leave(write, kept, State.DONE);
            Inbox.handIn(write, done.followUps());
        } else if (settlement instanceof Settlement.Retry retry) {
            again(write, kept, kept.next(now.plus(retry.after()), kept.attempts(), null, retry.cause()));
        } else if (settlement instanceof Settlement.PutOff putOff) {
            again(write, kept, kept.next(now.plus(putOff.after()), kept.attempts() - 1, null, kept.cause()));
        } else if (settlement instanceof Settlement.Dead dead) {
            leave(write, kept, State.DEAD);
            write.put(kept.deadKey(), kept.next(now, kept.attempts(), null, dead.cause()));
            Inbox.handIn(write, dead.followUps());
        } else {
            throw new IllegalStateException("unknown kind of settlement");
        }
    }

    private static void again(EntryTransaction write, Kept before, Kept after) {
        write.put(after.waitingKey(), after);
        Lanes.move(write, before, after);
    }

    private void leave(EntryTransaction write, Kept kept, State state) {
        write.remove(kept.waitingKey());
        lanes.leave(write, kept);
        end(write, kept, state);
    }

    private static void end(EntryTransaction write, Kept kept, State state) {
        String id = kept.entry().id();
        write.put(Keys.outboxId(id), new Place(kept.position(), state));
        write.putText(Keys.settled(write.now().toEpochMilli(), id), Keys.outboxId(id));
    }

    @Override
    public OutboxStatus outboxStatus() {
        Map<String, Instant> waiting = inbox.held();
        entries.forEach(Keys.WAITING, SOME, stored -> {
            Kept kept = kept(stored);
            waiting.put(kept.entry().id(), kept.created());
        });
        AtomicLong dead = new AtomicLong();
        entries.forEach(Keys.DEAD, SOME, stored -> dead.incrementAndGet());
        return new OutboxStatus(
                entries.now(), waiting.size(), waiting.values().stream().min(Comparator.naturalOrder()), dead.get());
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        int most = Entries.page(limit);
        return entries.scan(after == null ? Keys.DEAD : deadAfter(after), Keys.end(Keys.DEAD), most).stream()
                .map(Outbox::kept)
                .map(dead -> new DeadEntry(dead.entry(), dead.attempts(), dead.cause(), dead.created(), dead.due()))
                .toList();
    }

    private String deadAfter(String entryId) {
        String id = Keys.outboxId(entryId);
        StoreEntry place = entries.read(List.of(id)).get(id);
        return place == null
                ? Keys.DEAD
                : Keys.after(Keys.dead(Values.read(place, Place.class).position()));
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return changeDead(entryId, (write, dead) -> {
            Kept revived = dead.next(write.now(), 0, null, dead.cause());
            write.put(Keys.outboxId(entryId), new Place(dead.position(), State.WAITING));
            write.put(revived.waitingKey(), revived);
            lanes.enter(write, revived);
        });
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return changeDead(entryId, (write, dead) -> end(write, dead, State.DONE));
    }

    private interface Change {
        void make(EntryTransaction write, Kept dead);
    }

    private boolean changeDead(String entryId, Change change) {
        String id = Keys.outboxId(entryId);
        return writer.call(Act.of(write -> {
            Optional<Kept> found = at(write, id, State.DEAD);
            found.ifPresent(dead -> {
                write.remove(dead.deadKey());
                write.remove(Keys.settled(dead.due().toEpochMilli(), entryId));
                change.make(write, dead);
            });
            return found.isPresent();
        }));
    }

    /** Purges for about 5 s at most; the next call purges the rest. */
    @Override
    public int purgeOutbox(Duration age) {
        long deadline = System.nanoTime() + MAX_NANOS;
        String to = Keys.settledFrom(entries.now().minus(age).toEpochMilli());
        int purged = 0;
        int some;
        do {
            some = writer.call(Act.of(write -> purge(write, to)));
            purged += some;
        } while (some > 0 && System.nanoTime() - deadline < 0);
        housekeeping.run();
        return purged;
    }

    private int purge(EntryTransaction write, String to) {
        List<StoreEntry> settled = entries.scan(Keys.SETTLED, to, entries.maxBatch() / KEYS_OF_AN_ID);
        List<String> reads = new ArrayList<>();
        settled.forEach(entry -> reads.addAll(List.of(entry.key(), entry.value())));
        write.load(reads);
        int purged = 0;
        for (StoreEntry entry : settled) {
            Optional<Place> place = write.get(entry.value(), Place.class);
            // A dead letter may have been revived since the scan.
            if (place.isPresent() && write.get(entry.key()).isPresent()) {
                write.remove(entry.key());
                write.remove(entry.value());
                if (place.get().state() == State.DEAD) {
                    write.remove(Keys.dead(place.get().position()));
                }
                purged++;
            }
        }
        return purged;
    }
}
