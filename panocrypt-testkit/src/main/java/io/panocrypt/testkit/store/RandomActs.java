package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.Change;
import io.panocrypt.policy.spi.store.ForwardingStore;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** Draws random calls of a store. They share few ids, so they often conflict. Not thread-safe. */
final class RandomActs {
    /** A call that returns the store's answer. */
    interface Act extends Function<ForwardingStore, Object> {}

    static final List<String> KINDS = List.of(PolicyRecord.DEVICE, PolicyRecord.REQUEST, "list");
    static final int DEVICES = 3;
    static final int TERMS = 4;

    private final Random random;
    private final InstantSource clock;
    private final ForwardingStore model;
    private final String chain;
    private final List<Leased> leases = new ArrayList<>();
    private int numbers;

    private record Leased(String lease, String id) {}

    /**
     * @param model the store whose state makes the drawn calls meaningful
     * @param chain its node's
     */
    RandomActs(Random random, InstantSource clock, ForwardingStore model, String chain) {
        this.random = random;
        this.clock = clock;
        this.model = model;
        this.chain = chain;
    }

    Act next() {
        return switch (random.nextInt(13)) {
            case 0, 1, 2 -> edit();
            case 3, 4 -> commit();
            case 5 -> note();
            case 6 -> cut();
            case 7 -> enqueue();
            case 8 -> lease();
            case 9, 10 -> settle();
            case 11 -> mixed();
            default -> deadLetter();
        };
    }

    private Act edit() {
        Long epoch = random.nextInt(4) == 0 ? (Long) (model.epoch() - random.nextInt(2)) : null;
        List<GrantScope> cancels = random.nextInt(3) == 0 ? List.of(scope()) : List.of();
        StoreWrite edit = StoreWrite.of(entry(JournalEntry.Kind.AUDIT))
                .inEpoch(epoch)
                .growEpoch(random.nextInt(4) == 0)
                .change(some(3, this::change))
                .cancel(cancels)
                .grant(some(3, this::grant))
                .enqueue(some(2, this::notice))
                .build();
        return store -> store.write(edit);
    }

    private Act commit() {
        String device = one(model.scan(PolicyRecord.DEVICE, null, null, 9).stream()
                        .map(PolicyRecord::id)
                        .toList())
                .orElseGet(this::device);
        List<String> open = model.grants(device).stream().map(Grant::id).toList();
        Set<String> spends = new TreeSet<>(some(2, () -> one(open).orElse(device + "-g" + random.nextInt(3))));
        long version = model.get(PolicyRecord.DEVICE, device)
                .map(PolicyRecord::version)
                .orElse(1L);
        StoreWrite commit = StoreWrite.of(entry(JournalEntry.Kind.UNLOCK))
                .inEpoch(model.epoch() - (random.nextInt(6) == 0 ? 1 : 0))
                .require(PolicyRecord.DEVICE, device, version + (random.nextInt(6) == 0 ? 1 : 0))
                .spend(device, List.copyOf(spends))
                .change(random.nextInt(3) == 0 ? List.of(change()) : List.of())
                .enqueue(some(2, this::notice))
                .build();
        return store -> store.write(commit);
    }

    /** What no service writes at once, but a store must write in the same order as any other. */
    private Act mixed() {
        String device = device();
        List<String> spends = one(model.grants(device).stream().map(Grant::id).toList()).stream()
                .toList();
        StoreWrite.Builder write = StoreWrite.of(entry(JournalEntry.Kind.AUDIT), entry(JournalEntry.Kind.UNLOCK))
                .inEpoch(model.epoch())
                .growEpoch(random.nextBoolean())
                .change(some(2, this::change))
                .spend(device, spends)
                .cancel(some(2, this::scope))
                .grant(some(2, this::grant))
                .enqueue(some(2, this::notice));
        if (random.nextBoolean()) {
            write.truncate(end());
        }
        return store -> store.write(write.build());
    }

    private Act note() {
        List<JournalEntry> entries = some(3, () -> entry(JournalEntry.Kind.CHECKPOINT));
        List<Change> changes = some(2, this::change);
        return store -> store.write(StoreWrite.of(entries).change(changes).build());
    }

    private Act cut() {
        StoreWrite cut = StoreWrite.of(entry(JournalEntry.Kind.AUDIT))
                .change(List.of(put()))
                .truncate(end())
                .build();
        return store -> store.write(cut);
    }

    private ChainHead end() {
        List<JournalRow> rows = model.chain(chain, 0, 8);
        return rows.isEmpty() ? ChainHead.start(chain) : ChainHead.of(rows.get(random.nextInt(rows.size())));
    }

    private Act enqueue() {
        List<OutboxEntry> entries = some(3, this::notice);
        return store -> store.write(StoreWrite.of().enqueue(entries).build());
    }

    private Act lease() {
        String lease = "lease-" + numbers++;
        Duration length = Duration.ofSeconds(random.nextInt(60));
        int limit = 1 + random.nextInt(3);
        return store -> {
            List<LeasedEntry> got = store.lease(lease, length, limit);
            if (store == model) {
                got.forEach(entry -> leases.add(new Leased(lease, entry.entry().id())));
            }
            return got;
        };
    }

    private Act settle() {
        Leased leased = one(leases.subList(Math.max(0, leases.size() - 4), leases.size()))
                .orElse(new Leased("none", noticeId()));
        Duration after = Duration.ofSeconds(random.nextInt(60));
        Settlement settlement = switch (random.nextInt(4)) {
            case 0 -> new Settlement.Done(some(2, this::notice));
            case 1 -> new Settlement.Retry(after, "busy");
            case 2 -> new Settlement.PutOff(after);
            default -> new Settlement.Dead("gone", some(2, this::notice));
        };
        return store -> store.settle(leased.lease(), leased.id(), settlement);
    }

    private Act deadLetter() {
        String id = one(model.deadLetters(null, 9))
                .map(letter -> letter.entry().id())
                .orElseGet(this::noticeId);
        int what = random.nextInt(3);
        return store -> switch (what) {
            case 0 -> store.reviveDeadLetter(id);
            case 1 -> store.dropDeadLetter(id);
            default -> store.purgeOutbox(Duration.ofSeconds(90));
        };
    }

    private Change change() {
        return switch (random.nextInt(5)) {
            case 0 -> new Change.Delete(kind(), device(), 1 + random.nextInt(3));
            case 1 -> new Change.Require(kind(), device(), 1 + random.nextInt(3));
            default -> put();
        };
    }

    private Change.Put put() {
        String kind = kind();
        String id = device();
        long version = model.get(kind, id).map(PolicyRecord::version).orElse(0L) + 1 + (random.nextInt(8) == 0 ? 1 : 0);
        Set<String> terms = new TreeSet<>(some(3, () -> "t" + random.nextInt(TERMS)));
        terms.add(device());
        return new Change.Put(new PolicyRecord(
                kind,
                id,
                version,
                "{\"n\":" + numbers++ + "}",
                Set.copyOf(new TreeSet<>(some(2, this::uniqueTerm))),
                terms));
    }

    private Grant grant() {
        String device = device();
        int uses = random.nextInt(4);
        Instant created = clock.instant().plusSeconds(random.nextInt(5) - 1);
        return new Grant(
                device + "-g" + random.nextInt(3),
                device,
                3,
                uses,
                created,
                created.plusSeconds(random.nextInt(300)),
                "{\"a/b\":\"\u0130\"}");
    }

    private GrantScope scope() {
        return switch (random.nextInt(4)) {
            case 0 -> {
                String device = device();
                yield new GrantScope.Single(device, device + "-g" + random.nextInt(3));
            }
            case 1 -> new GrantScope.OfDevice(device());
            default -> new GrantScope.OfTerms(new TreeSet<>(some(2, () -> "t" + random.nextInt(TERMS))));
        };
    }

    private JournalEntry entry(JournalEntry.Kind kind) {
        String device = random.nextBoolean() ? device() : null;
        return new JournalEntry("e-" + numbers++, kind, clock.instant(), device, "{\"n\":" + numbers + "}");
    }

    private OutboxEntry notice() {
        String id = noticeId();
        return new OutboxEntry(id, "topic", "lane-" + random.nextInt(3), "{}");
    }

    private String noticeId() {
        return "n-" + random.nextInt(8);
    }

    private String uniqueTerm() {
        return "name:u" + random.nextInt(TERMS);
    }

    private String kind() {
        return KINDS.get(random.nextInt(KINDS.size()));
    }

    private String device() {
        return "dev-" + random.nextInt(DEVICES);
    }

    /** Usually one of these; sometimes empty. */
    private <T> Optional<T> one(List<T> all) {
        return all.isEmpty() || random.nextInt(8) == 0
                ? Optional.empty()
                : Optional.of(all.get(random.nextInt(all.size())));
    }

    private <T> List<T> some(int most, Supplier<T> one) {
        List<T> drawn = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            drawn.add(one.get());
        }
        return drawn;
    }
}
