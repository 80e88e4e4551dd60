package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.StoreEntry;
import java.util.List;
import java.util.Optional;

/**
 * Lists which outbox entries are due: of each lane only the oldest that waits, its head. Thread-safe.
 *
 * <p>A lane has an entry that counts who waits in it. It changes whenever somebody enters or leaves, so a write that has got
 * it may rely on what it has scanned of the lane since.
 */
final class Lanes {
    private final Entries entries;

    Lanes(Entries entries) {
        this.entries = entries;
    }

    /** Adds a waiting entry, which the write also stores. */
    void enter(EntryTransaction write, Kept kept) {
        String lane = kept.entry().lane();
        int others = count(write, lane);
        Optional<Kept> head = others == 0 ? Optional.empty() : first(write, lane, 0);
        if (head.isEmpty() || kept.position() < head.get().position()) {
            head.ifPresent(overtaken -> write.remove(overtaken.dueKey()));
            write.putText(kept.dueKey(), kept.waitingKey());
        }
        follow(write, kept);
    }

    /** Adds a waiting entry behind one that enters the lane by the same write, which a scan does not show. */
    static void follow(EntryTransaction write, Kept kept) {
        String lane = kept.entry().lane();
        int others = count(write, lane);
        write.putText(Keys.inLane(lane, kept.position()), kept.waitingKey());
        write.putText(Keys.lane(lane), Integer.toString(others + 1));
    }

    /** Takes a waiting entry out. */
    void leave(EntryTransaction write, Kept kept) {
        String lane = kept.entry().lane();
        int others = count(write, lane) - 1;
        if (write.get(kept.dueKey()).isPresent()) {
            write.remove(kept.dueKey());
            Optional<Kept> next = others == 0 ? Optional.empty() : first(write, lane, 1);
            next.ifPresent(head -> write.putText(head.dueKey(), head.waitingKey()));
        }
        write.remove(Keys.inLane(lane, kept.position()));
        if (others == 0) {
            write.remove(Keys.lane(lane));
        } else {
            write.putText(Keys.lane(lane), Integer.toString(others));
        }
    }

    private static int count(EntryTransaction write, String lane) {
        return write.get(Keys.lane(lane)).map(Integer::parseInt).orElse(0);
    }

    /** The oldest waiting entry of the lane after so many others. */
    private Optional<Kept> first(EntryTransaction write, String lane, int skipped) {
        String prefix = Keys.inLane(lane);
        List<StoreEntry> oldest = entries.scan(prefix, Keys.end(prefix), skipped + 1);
        return oldest.stream().skip(skipped).findFirst().flatMap(found -> write.get(found.value(), Kept.class));
    }

    /** Changes when a waiting entry is due; only heads are listed. */
    static void move(EntryTransaction write, Kept before, Kept after) {
        if (write.get(before.dueKey()).isPresent()) {
            write.remove(before.dueKey());
            write.putText(after.dueKey(), after.waitingKey());
        }
    }
}
