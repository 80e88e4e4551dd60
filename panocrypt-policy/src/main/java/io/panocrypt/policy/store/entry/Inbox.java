package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Outbox entries on their way in. A write hands in any number of them in a few bundles; they are taken in before
 * anybody looks at the outbox, and only then it shows which ids are kept already. Thread-safe.
 */
final class Inbox {
    private static final int MAX_BUNDLE_BYTES = 128 * 1024;
    private static final int BUNDLES = 10;
    /** The most keys that taking in an entry names: its id, itself, its place in its lane, the lane, its head, two times. */
    private static final int KEYS_OF_AN_ENTRY = 7;

    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Entries entries;
    private final NodeWriter writer;
    private final Lanes lanes;

    Inbox(Entries entries, NodeWriter writer, Lanes lanes) {
        this.entries = entries;
        this.writer = writer;
        this.lanes = lanes;
    }

    /** @param position of the first entry; the others follow */
    record Bundle(long position, Instant created, List<OutboxEntry> entries) {}

    /** The keys that {@link #handIn} gets. */
    static List<String> reads(List<OutboxEntry> handed) {
        return handed.isEmpty() ? List.of() : List.of(Keys.NEXT_POSITION);
    }

    /** Adds entries to a write; their order is that of all writes. */
    static void handIn(EntryTransaction write, List<OutboxEntry> handed) {
        if (handed.isEmpty()) {
            return;
        }
        long position = write.get(Keys.NEXT_POSITION).map(Long::parseLong).orElse(1L);
        for (List<OutboxEntry> part : parts(handed)) {
            write.put(Keys.inbox(position), new Bundle(position, write.now(), part));
            position += part.size();
        }
        write.putText(Keys.NEXT_POSITION, Long.toString(position));
    }

    private static List<List<OutboxEntry>> parts(List<OutboxEntry> handed) {
        List<List<OutboxEntry>> parts = new ArrayList<>();
        List<OutboxEntry> part = new ArrayList<>();
        int bytes = 0;
        for (OutboxEntry entry : handed) {
            int more = bytes(entry);
            if (bytes + more > MAX_BUNDLE_BYTES && !part.isEmpty()) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(entry);
            bytes += more;
        }
        parts.add(part);
        return parts;
    }

    /** Refuses here what could not be taken in later. */
    private static int bytes(OutboxEntry entry) {
        StoreText.check(entry.id(), entry.lane());
        int bytes = Values.write(entry).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BUNDLE_BYTES) {
            throw new StoreInputException(
                    "an outbox entry has " + bytes + " bytes, the store keeps at most " + MAX_BUNDLE_BYTES);
        }
        return bytes;
    }

    /** Takes in what was handed in, oldest first, for about 5 s at most. */
    void takeIn() {
        long deadline = System.nanoTime() + MAX_NANOS;
        List<StoreEntry> bundles = bundles();
        while (!bundles.isEmpty()) {
            for (StoreEntry bundle : bundles) {
                if (!takeIn(bundle, deadline)) {
                    return;
                }
            }
            bundles = bundles();
        }
    }

    private List<StoreEntry> bundles() {
        return entries.scan(Keys.INBOX, Keys.end(Keys.INBOX), BUNDLES);
    }

    /** The ids that are not taken in yet, and when each was handed in. */
    Map<String, Instant> held() {
        Map<String, Instant> held = new HashMap<>();
        entries.forEach(Keys.INBOX, BUNDLES, stored -> {
            Bundle bundle = Values.read(stored, Bundle.class);
            Set<String> known = known(bundle);
            bundle.entries().stream()
                    .map(OutboxEntry::id)
                    .filter(id -> !known.contains(Keys.outboxId(id)))
                    .forEach(id -> held.putIfAbsent(id, bundle.created()));
        });
        return held;
    }

    /** The keys of the bundle's ids that are kept. */
    private Set<String> known(Bundle bundle) {
        Set<String> ids = new HashSet<>();
        bundle.entries().forEach(entry -> ids.add(Keys.outboxId(entry.id())));
        return entries.read(ids).keySet();
    }

    private boolean takeIn(StoreEntry stored, long deadline) {
        Bundle bundle = Values.read(stored, Bundle.class);
        List<Kept> missing = missing(bundle);
        int some = (entries.maxBatch() - 1) / KEYS_OF_AN_ENTRY;
        for (int from = 0; from < missing.size(); from += some) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            List<Kept> part = missing.subList(from, Math.min(from + some, missing.size()));
            writer.call(new Act<>(List.of(), reads(stored.key(), part), write -> takeIn(write, stored.key(), part)));
        }
        writer.call(Act.of(write -> {
            write.remove(stored.key());
            return true;
        }));
        return true;
    }

    private List<Kept> missing(Bundle bundle) {
        Set<String> known = known(bundle);
        List<Kept> missing = new ArrayList<>();
        for (int i = 0; i < bundle.entries().size(); i++) {
            OutboxEntry entry = bundle.entries().get(i);
            if (!known.contains(Keys.outboxId(entry.id()))) {
                missing.add(Kept.first(bundle.position() + i, entry, bundle.created()));
            }
        }
        return missing;
    }

    private static List<String> reads(String bundle, List<Kept> part) {
        List<String> reads = new ArrayList<>(List.of(bundle));
        for (Kept kept : part) {
            reads.add(Keys.outboxId(kept.entry().id()));
            reads.add(Keys.lane(kept.entry().lane()));
        }
        return reads;
    }

    /** Depends on the bundle, because another node may have taken it in, and the ids may be gone since. */
    private boolean takeIn(EntryTransaction write, String bundle, List<Kept> part) {
        if (write.get(bundle).isEmpty()) {
            return false;
        }
        Set<String> entered = new HashSet<>();
        for (Kept kept : part) {
            String id = Keys.outboxId(kept.entry().id());
            if (write.get(id).isPresent()) {
                continue;
            }
            write.put(id, new Outbox.Place(kept.position(), Outbox.State.WAITING));
            write.put(kept.waitingKey(), kept);
            if (entered.add(kept.entry().lane())) {
                lanes.enter(write, kept);
            } else {
                Lanes.follow(write, kept);
            }
        }
        return true;
    }
}
