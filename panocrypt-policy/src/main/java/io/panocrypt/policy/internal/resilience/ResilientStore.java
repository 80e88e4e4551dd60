package io.panocrypt.policy.internal.resilience;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DeadEntry;
import io.panocrypt.policy.spi.store.DecisionSnapshot;
import io.panocrypt.policy.spi.store.Grant;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalQuery;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.LeasedEntry;
import io.panocrypt.policy.spi.store.OutboxEntry;
import io.panocrypt.policy.spi.store.OutboxStatus;
import io.panocrypt.policy.spi.store.OutboxStore;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Settlement;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreText;
import io.panocrypt.policy.spi.store.StoreWrite;
import io.panocrypt.policy.spi.store.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The embedder's store behind circuit breakers: one for reads, one for pages of history and outbox, one for writes. No call
 * waits without limit, and a store that is down delays nobody.
 *
 * <p>Calls of an unlock request time out after the service's timeout; other calls after 30 s, or also after that timeout
 * while the latest call has failed. Text that no store can hold is rejected before. Thread-safe.
 */
public final class ResilientStore implements Store, OutboxStore {
    /** The timeout for edits and whole pages, which no machine waits for. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Store store;
    private final Duration prompt;
    private final GuardedCalls reads;
    private final GuardedCalls pages;
    private final GuardedCalls writes;

    /** @param timeout how long an unlock request waits for one call */
    public ResilientStore(Store store, Duration timeout, LongSupplier nanos) {
        this.store = store;
        this.prompt = timeout;
        boolean isBounded = store.boundsItsCalls();
        CircuitBreaker readBreaker = new CircuitBreaker("reading", nanos);
        CircuitBreaker pageBreaker = new CircuitBreaker("reading pages", nanos);
        CircuitBreaker writeBreaker = new CircuitBreaker("writing", nanos);
        this.reads = new GuardedCalls(
                readBreaker, isBounded ? null : Bulkhead.ofStore("read"), timeout, readBreaker::isFailing);
        this.pages = new GuardedCalls(
                pageBreaker,
                isBounded ? null : Bulkhead.ofStore("page"),
                timeout,
                () -> pageBreaker.isFailing() || readBreaker.isFailing());
        this.writes = new GuardedCalls(
                writeBreaker, isBounded ? null : Bulkhead.ofStore("write"), timeout, writeBreaker::isFailing);
    }

    /**
     * A circuit breaker for one kind of calls, and the threads that make them. Hanging writes do not take the threads of
     * reads, and slow history queries do not block unlocks.
     *
     * @param threads null if the store bounds its calls itself
     * @param prompt the maximum wait of any call while the latest one has failed
     * @param failing whether the latest call has failed
     */
    private record GuardedCalls(
            CircuitBreaker breaker, @Nullable Bulkhead threads, Duration prompt, BooleanSupplier failing) {
        <T> T call(Duration timeout, Supplier<T> call) {
            return call(timeout, call, answer -> true);
        }

        <T> T call(Duration timeout, Supplier<T> call, Predicate<? super T> proof) {
            Bulkhead bulkhead = threads;
            if (bulkhead == null) {
                return breaker.call(call, proof);
            }
            // A trial call keeps all others out while it waits.
            Duration most = failing.getAsBoolean() && prompt.compareTo(timeout) < 0 ? prompt : timeout;
            return breaker.call(() -> bulkhead.call(call, most), proof);
        }
    }

    /** Whether the latest write failed. */
    boolean failsToWrite() {
        return writes.breaker().isFailing();
    }

    @Override
    public long epoch() {
        return reads.call(prompt, () -> store.epoch());
    }

    @Override
    public Optional<PolicyRecord> get(String kind, String id) {
        StoreText.check(kind, id);
        return reads.call(prompt, () -> store.get(kind, id));
    }

    @Override
    public Optional<PolicyRecord> find(String kind, String uniqueTerm) {
        StoreText.check(kind, uniqueTerm);
        return reads.call(prompt, () -> store.find(kind, uniqueTerm));
    }

    @Override
    public List<PolicyRecord> scan(String kind, @Nullable String term, @Nullable String after, int limit) {
        StoreText.check(kind, term, after);
        return reads.call(LONG, () -> store.scan(kind, term, after, limit));
    }

    /** Among the pages: a store without an index reads all records. */
    @Override
    public List<PolicyRecord> scanByUniqueTerm(String kind, String prefix, @Nullable String after, int limit) {
        StoreText.check(kind, prefix, after);
        return pages.call(LONG, () -> store.scanByUniqueTerm(kind, prefix, after, limit));
    }

    @Override
    public Optional<DecisionSnapshot> snapshot(String uniqueTerm) {
        StoreText.check(uniqueTerm);
        return reads.call(prompt, () -> store.snapshot(uniqueTerm));
    }

    /** An operator's edit and a truncation, which an audit entry shows, may take long; a machine waits for the others. */
    @Override
    public WriteResult write(StoreWrite write) {
        boolean isAudited = write.entries().stream().anyMatch(entry -> entry.kind() == JournalEntry.Kind.AUDIT);
        return writes.call(isAudited ? LONG : prompt, () -> store.write(write));
    }

    @Override
    public int maxWriteEntries() {
        return store.maxWriteEntries();
    }

    @Override
    public boolean truncates() {
        return store.truncates();
    }

    /** This object, if the embedder's store keeps an outbox. */
    @Override
    public Optional<OutboxStore> outbox() {
        return store.outbox().map(kept -> this);
    }

    private OutboxStore kept() {
        return store.outbox().orElseThrow(() -> new UnsupportedOperationException("the store keeps no outbox"));
    }

    @Override
    public List<Grant> grants(String deviceId) {
        StoreText.check(deviceId);
        return reads.call(prompt, () -> store.grants(deviceId));
    }

    @Override
    public List<JournalRow> journal(JournalQuery query) {
        JournalQuery.Position before = query.before();
        StoreText.check(query.deviceId(), before == null ? null : before.chain());
        return pages.call(LONG, () -> store.journal(query));
    }

    /** Like {@link #journal}, for an unlock request, which waits less long than people do. */
    public List<JournalRow> journalPromptly(JournalQuery query) {
        return reads.call(prompt, () -> store.journal(query));
    }

    @Override
    public List<JournalRow> chain(String chain, long after, int limit) {
        StoreText.check(chain);
        return pages.call(LONG, () -> store.chain(chain, after, limit));
    }

    @Override
    public List<ChainHead> heads() {
        return pages.call(LONG, () -> store.heads());
    }

    @Override
    public List<OutboxEntry> waiting(int limit) {
        return pages.call(LONG, () -> kept().waiting(limit));
    }

    @Override
    public List<LeasedEntry> lease(String lease, Duration length, int limit) {
        // An empty lease writes nothing, so it does not prove that the store accepts writes.
        return writes.call(LONG, () -> kept().lease(lease, length, limit), leased -> !leased.isEmpty());
    }

    @Override
    public boolean settle(String lease, String entryId, Settlement settlement) {
        return writes.call(LONG, () -> kept().settle(lease, entryId, settlement));
    }

    @Override
    public OutboxStatus outboxStatus() {
        return pages.call(LONG, () -> kept().outboxStatus());
    }

    @Override
    public List<DeadEntry> deadLetters(@Nullable String after, int limit) {
        StoreText.check(after);
        return pages.call(LONG, () -> kept().deadLetters(after, limit));
    }

    @Override
    public boolean reviveDeadLetter(String entryId) {
        StoreText.check(entryId);
        return writes.call(LONG, () -> kept().reviveDeadLetter(entryId));
    }

    @Override
    public boolean dropDeadLetter(String entryId) {
        StoreText.check(entryId);
        return writes.call(LONG, () -> kept().dropDeadLetter(entryId));
    }

    @Override
    public int purgeOutbox(Duration age) {
        return writes.call(LONG, () -> kept().purgeOutbox(age), purged -> purged > 0);
    }
}
