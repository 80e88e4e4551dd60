package io.panocrypt.redisstore;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionCommit;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.EditResult;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.GrantScope;
import io.panocrypt.policy.spi.store.JournalCut;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.PolicyEdit;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.PolicyStore;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.spi.store.StoreRejectedException;
import io.panocrypt.redisstore.RedisScripts.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store on Redis, shared by any number of nodes. Each verb of the SPI is one Lua script, which Redis runs atomically.
 *
 * <p>Both halves of the SPI are here because they share data: an edit cancels the grants that decisions spend, and both
 * write the journal. Thread-safe. Writes of one node are serialized, since each entry of its chain is linked to the one
 * before. A method throws {@link StoreException} within a few seconds if Redis is unreachable, slow, or not durable.
 */
public final class RedisStore implements PolicyStore, DecisionStore, AutoCloseable {
    private static final String FORMAT = "1";
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_RELINKS = 10;
    private static final int PURGED_AT_ONCE = 1_000;

    private final RedisScripts redis;
    private final String chain;
    private final @Nullable InstantSource clock;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** The end of this node's chain, as far as the node knows. The script that appends checks it. */
    private ChainHead head;

    private RedisStore(RedisScripts redis, String node, @Nullable InstantSource clock) {
        this.redis = redis;
        this.chain = node;
        this.clock = clock;
        this.head = ChainHead.start(node);
    }

    /**
     * Opens the store and initializes it if it is empty. Uses the server's time.
     *
     * @param address such as {@code redis://user:password@127.0.0.1:6379/0}, or {@code rediss:} for TLS
     * @param prefix prefix of all keys, such as {@code panocrypt:}; each prefix is a separate store
     * @param node the name of this node's chain, unique among the running nodes
     * @throws StoreException if Redis is unreachable, not durable, or holds a store of another format
     */
    public static RedisStore open(URI address, String prefix, String node) {
        return open(address, prefix, node, null);
    }

    /** The same with another clock than the server's, for contract rules about time. */
    static RedisStore open(URI address, String prefix, String node, @Nullable InstantSource clock) {
        RedisStore store = new RedisStore(new RedisScripts(address, prefix, TIMEOUT), node, clock);
        try {
            String found = store.ask("open", Map.of("format", FORMAT)).get(0);
            if (!found.equals(FORMAT)) {
                throw new StoreException("the store has format " + found + ", and this is for format " + FORMAT);
            }
            return store;
        } catch (StoreException e) {
            store.close();
            throw e;
        }
    }

    /**
     * The store's time, for {@code Panocrypt.Builder.clock}: the node's time is stored in a grant and compared with the
     * store's, so both must agree whatever the node's own clock shows.
     *
     * @throws StoreException if Redis does not answer
     */
    public InstantSource clock() {
        return new ServerClock(
                InstantSource.system(), () -> time(ask("time", Map.of()).get(0)));
    }

    // Records

    @Override
    public long epoch() {
        return Long.parseLong(ask("epoch", Map.of()).get(0));
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        return all(ask("get", Map.of("kind", kind, "id", id)), PolicyRecord.class).stream()
                .findFirst();
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        return all(ask("find", Map.of("kind", kind, "term", uniqueTerm)), PolicyRecord.class).stream()
                .findFirst();
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        String index = term == null ? "ids:" + kind : "term:" + kind + ":" + term;
        String beginning = after == null ? "" : after;
        return all(
                ask("scan", Map.of("kind", kind, "index", index, "after", beginning, "limit", limit)),
                PolicyRecord.class);
    }

    @Override
    public EditResult apply(PolicyEdit edit) {
        Map<String, Object> act = new HashMap<>(Map.of(
                "changes", changes(edit.changes()),
                "bumpsEpoch", edit.bumpsEpoch(),
                "cancels", edit.cancels().stream().map(RedisStore::scope).toList(),
                "grants", edit.grants(),
                "outbox", edit.outbox()));
        act.put("judgedBy", edit.epoch());
        List<String> answer = write("apply", List.of(edit.audit()), act);
        return switch (answer.get(0)) {
            case "DONE", "BEFORE" -> new EditResult.Applied();
            case "EPOCH" -> new EditResult.OtherEpoch();
            case "STALE" -> new EditResult.Stale(answer.get(1), answer.get(2));
            case "TAKEN" -> new EditResult.Taken(answer.get(1), answer.get(2));
            default -> throw unexpectedAnswer("apply");
        };
    }

    private static List<Map<String, Object>> changes(List<? extends PolicyEdit.Change> changes) {
        return changes.stream().map(RedisStore::change).toList();
    }

    /**
     * A change for the scripts. It contains the record twice: parsed, and as the text to store, since the scripts' JSON
     * turns an empty list into an object.
     */
    private static Map<String, Object> change(PolicyEdit.Change change) {
        if (change instanceof PolicyEdit.Change.Put put) {
            PolicyRecord record = put.record();
            Map<String, Object> form = change("put", record.kind(), record.id(), record.version() - 1);
            form.put("uniqueTerms", record.uniqueTerms().stream().sorted().toList());
            form.put("terms", record.terms());
            form.put("stored", RedisScripts.json(record));
            return form;
        }
        if (change instanceof PolicyEdit.Change.Delete delete) {
            return change("delete", delete.kind(), delete.id(), delete.version());
        }
        if (change instanceof PolicyEdit.Change.Require require) {
            return change("require", require.kind(), require.id(), require.version());
        }
        throw new IllegalStateException("unknown kind of change");
    }

    private static Map<String, Object> change(String what, String kind, String id, long replaces) {
        return new HashMap<>(
                Map.of("what", what, "kind", kind, "id", id, "replaces", replaces, "uniqueTerms", Set.of()));
    }

    private static Map<String, Object> scope(GrantScope scope) {
        if (scope instanceof GrantScope.Single single) {
            return Map.of("deviceId", single.deviceId(), "grantId", single.grantId());
        }
        if (scope instanceof GrantScope.OfDevice device) {
            return Map.of("deviceId", device.deviceId());
        }
        if (scope instanceof GrantScope.OfTerms devices) {
            return Map.of("terms", devices.terms());
        }
        throw new IllegalStateException("unknown kind of grant scope");
    }

    // Decisions

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        List<String> found = ask("snapshot", Map.of("term", uniqueTerm));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new DecisionSnapshot(
                        time(found.get(0)),
                        Long.parseLong(found.get(1)),
                        RedisScripts.parse(found.get(2), PolicyRecord.class),
                        List.of(RedisScripts.parse(found.get(3), Grant[].class)),
                        all(found.subList(4, found.size()), PolicyRecord.class)));
    }

    @Override
    public CommitResult commit(DecisionCommit commit) {
        return result(write(
                "commit",
                List.of(commit.entry()),
                Map.of(
                        "deviceId", commit.deviceId(),
                        "deviceVersion", commit.deviceVersion(),
                        "epoch", commit.epoch(),
                        "spends", commit.spends(),
                        "tolerance", Grant.CLOCK_TOLERANCE.toMillis(),
                        "changes", changes(commit.changes()),
                        "outbox", commit.outbox())));
    }

    @Override
    public void append(JournalEntry entry) {
        note(List.of(entry), List.of());
    }

    @Override
    public CommitResult note(List<JournalEntry> entries, List<PolicyEdit.Change> changes) {
        return result(write("note", entries, Map.of("changes", changes(changes))));
    }

    @Override
    public CommitResult cut(JournalCut cut) {
        return result(write(
                "cut",
                List.of(cut.entry()),
                Map.of(
                        "chain", cut.end().chain(),
                        "sequence", cut.end().sequence(),
                        "hash", cut.end().hash(),
                        "changes", changes(List.of(cut.stands())))));
    }

    @Override
    public List<Grant> grants(String deviceId) {
        return all(ask("grants", Map.of("device", deviceId)), Grant.class).stream()
                .sorted(Comparator.comparing(Grant::id))
                .toList();
    }

    // The journal

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        JournalQuery.Position before = query.before();
        return rows(ask(
                "journal",
                Map.of(
                        "index", index(query.kind(), query.deviceId()),
                        "before", before == null ? "+" : "(" + place(before),
                        "limit", query.limit())));
    }

    @Override
    public List<JournalRow> chain(String name, long after, int limit) {
        return rows(ask("chain", Map.of("chain", name, "after", after, "limit", limit)));
    }

    @Override
    public List<ChainHead> heads() {
        List<String> found = ask("heads", Map.of());
        List<ChainHead> heads = new ArrayList<>();
        for (int i = 0; i < found.size(); i += 2) {
            heads.add(head(found.get(i), found.get(i + 1)));
        }
        return heads.stream().sorted(Comparator.comparing(ChainHead::chain)).toList();
    }

    private static List<JournalRow> rows(List<String> answer) {
        return List.of(RedisScripts.parse(answer.get(0), JournalRow[].class));
    }

    private static String index(JournalEntry.Kind kind, @Nullable String deviceId) {
        return "journal:" + kind + (deviceId == null ? "" : ":" + deviceId);
    }

    /**
     * A key whose byte order is the order of entries: by time, then chain, then sequence. The zero byte sorts a name
     * before longer names that start with it.
     */
    private static String place(JournalQuery.Position position) {
        return String.format(
                Locale.ROOT, "%016d%s\0%016d", position.epochMilli(), position.chain(), position.sequence());
    }

    /** A chain's end in the form the scripts compare; empty before the first entry. */
    private static String text(ChainHead head) {
        return head.sequence() == 0 ? "" : head.sequence() + ":" + head.hash();
    }

    private static ChainHead head(String chain, String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? ChainHead.start(chain)
                : new ChainHead(chain, Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }

    // The outbox

    @Override
    public List<OutboxEntry> outbox(int limit) {
        return all(ask("waiting", Map.of("limit", limit)), OutboxEntry.class);
    }

    @Override
    public void enqueue(List<OutboxEntry> entries) {
        ask("enqueue", Map.of("entries", entries));
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        return all(
                ask("lease", Map.of("lease", lease, "length", length.toMillis(), "limit", limit)), LeasedEntry.class);
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        Map<String, Object> act = describe(settlement);
        act.put("lease", lease);
        act.put("id", entryId);
        return yes(ask("settle", act));
    }

    static Map<String, Object> describe(Settlement settlement) {
        Map<String, Object> act = new HashMap<>(Map.of("cause", ""));
        if (settlement instanceof Settlement.Done done) {
            act.put("followUps", done.followUps());
        } else if (settlement instanceof Settlement.Retry retry) {
            act.put("after", retry.after().toMillis());
            act.put("cause", retry.cause());
        } else if (settlement instanceof Settlement.PutOff putOff) {
            act.put("after", putOff.after().toMillis());
            act.put("uncounted", true);
        } else if (settlement instanceof Settlement.Dead dead) {
            act.put("dead", true);
            act.put("cause", dead.cause());
            act.put("followUps", dead.followUps());
        } else {
            throw new IllegalStateException("unknown kind of settlement");
        }
        return act;
    }

    @Override
    public OutboxStatus outboxStatus() {
        List<String> found = ask("status", Map.of());
        return new OutboxStatus(
                time(found.get(0)),
                Long.parseLong(found.get(1)),
                found.stream().skip(3).map(RedisStore::time).findFirst(),
                Long.parseLong(found.get(2)));
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        return all(ask("dead", Map.of("after", after == null ? "" : after, "limit", limit)), DeadEntry.class);
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        return yes(ask("revive", Map.of("id", entryId)));
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        return yes(ask("revive", Map.of("id", entryId, "drop", true)));
    }

    @Override
    public int purgeOutbox(Duration age) {
        int purged = 0;
        int more = PURGED_AT_ONCE;
        // Redis does nothing else while a script runs, so each script must be short.
        while (more == PURGED_AT_ONCE) {
            more = Integer.parseInt(ask("purge", Map.of("age", age.toMillis(), "limit", PURGED_AT_ONCE))
                    .get(0));
            purged += more;
        }
        return purged;
    }

    // Running scripts

    /** Runs a verb that appends no journal entry. */
    private List<String> ask(String verb, Map<String, ?> act) {
        return redis.run(verb, new Request(now(), chain, "", List.of(), act));
    }

    /** Runs a verb that extends this node's chain. Links its entries again as long as the chain has another end. */
    private List<String> write(String verb, List<JournalEntry> entries, Map<String, ?> act) {
        takeTurn();
        try {
            for (int links = 0; links < MAX_RELINKS; links++) {
                List<JournalRow> rows = link(entries);
                List<String> answer = redis.run(
                        verb,
                        new Request(
                                now(),
                                chain,
                                text(head),
                                rows.stream().map(RedisStore::row).toList(),
                                act));
                switch (answer.get(0)) {
                    case "MOVED" -> head = head(chain, answer.get(1));
                    case "DONE" -> {
                        head = rows.isEmpty() ? head : ChainHead.of(rows.get(rows.size() - 1));
                        return answer;
                    }
                    default -> {
                        return answer;
                    }
                }
            }
            throw new StoreException(
                    "another process also writes the chain " + chain + "; give each node its own name");
        } finally {
            turn.unlock();
        }
    }

    private void takeTurn() {
        try {
            if (!turn.tryLock(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreRejectedException("too many writes wait for Redis");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreRejectedException("interrupted while other writes were made", e);
        }
    }

    private List<JournalRow> link(List<JournalEntry> entries) {
        List<JournalRow> rows = new ArrayList<>();
        ChainHead end = head;
        for (JournalEntry entry : entries) {
            JournalRow row = end.append(entry);
            rows.add(row);
            end = ChainHead.of(row);
        }
        return rows;
    }

    private static Map<String, Object> row(JournalRow row) {
        JournalEntry entry = row.entry();
        List<String> indexes = new ArrayList<>(List.of(index(entry.kind(), null)));
        if (entry.deviceId() != null) {
            indexes.add(index(entry.kind(), entry.deviceId()));
        }
        return Map.of(
                "id", entry.id(),
                "place", place(JournalQuery.Position.of(row)),
                "sequence", row.sequence(),
                "indexes", indexes,
                "head", text(ChainHead.of(row)),
                "stored", RedisScripts.json(row));
    }

    private @Nullable Long now() {
        return clock == null ? null : clock.millis();
    }

    private static <T> List<T> all(List<String> texts, Class<T> type) {
        return texts.stream().map(text -> RedisScripts.parse(text, type)).toList();
    }

    private static Instant time(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static boolean yes(List<String> answer) {
        return switch (answer.get(0)) {
            case "YES" -> true;
            case "NO" -> false;
            default -> throw unexpectedAnswer("settle");
        };
    }

    private static CommitResult result(List<String> answer) {
        return switch (answer.get(0)) {
            case "DONE", "BEFORE" -> CommitResult.COMMITTED;
            case "CONFLICT" -> CommitResult.CONFLICT;
            default -> throw unexpectedAnswer("commit");
        };
    }

    /** An answer that is not understood must never count as a grant. */
    private static StoreException unexpectedAnswer(String verb) {
        return new StoreException("unexpected answer to " + verb);
    }

    @Override
    public void close() {
        redis.close();
    }
}
