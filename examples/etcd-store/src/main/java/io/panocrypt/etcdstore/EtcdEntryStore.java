package io.panocrypt.etcdstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.PutOption;
import io.panocrypt.policy.spi.entry.EntryCondition;
import io.panocrypt.policy.spi.entry.EntryInput;
import io.panocrypt.policy.spi.entry.EntryMutation;
import io.panocrypt.policy.spi.entry.EntryStore;
import io.panocrypt.policy.spi.entry.ScanOrder;
import io.panocrypt.policy.spi.entry.StoreEntry;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An {@link EntryStore} on etcd, version 3.4 or later. A key of the store is a key of etcd, and its version is the
 * revision that last changed it. Thread-safe; close it to close its connections.
 */
public final class EtcdEntryStore implements EntryStore, AutoCloseable {
    /** How long a call waits for etcd if the opener does not say: 2 s. */
    public static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** No key has this revision. */
    private static final long NEVER = -1;

    private static final int OPENING_TRIES = 3;

    private final EtcdCalls etcd;
    private final InstantSource clock;

    private EtcdEntryStore(EtcdCalls etcd, InstantSource clock) {
        this.etcd = etcd;
        this.clock = clock;
    }

    /** Opens a store with the clock of this machine and the default timeout. */
    public static EtcdEntryStore open(ClientBuilder etcd) {
        return open(etcd, InstantSource.system(), TIMEOUT);
    }

    /**
     * Opens a store.
     *
     * @param etcd where etcd is, with TLS, user and a namespace as you like; it is copied and not changed
     * @param clock must be the same on all nodes, but for a second
     * @param timeout how long one request to etcd may take; a call needs two of them at most
     * @throws StoreException if etcd does not answer
     */
    public static EtcdEntryStore open(ClientBuilder etcd, InstantSource clock, Duration timeout) {
        EtcdEntryStore store = new EtcdEntryStore(new EtcdCalls(etcd, timeout), clock);
        for (int tries = 1; ; tries++) {
            try {
                store.read(List.of("is-there-an-answer"));
                return store;
            } catch (StoreException e) {
                // The first request of a process loads classes, which may take longer than a request should.
                if (tries == OPENING_TRIES) {
                    store.close();
                    throw e;
                }
            }
        }
    }

    @Override
    public Map<String, StoreEntry> read(Collection<String> keys) {
        EntryInput.checkRead(keys, maxBatch());
        Map<String, StoreEntry> found = new HashMap<>();
        if (!keys.isEmpty()) {
            Op[] gets = keys.stream()
                    .map(key -> Op.get(bytes(key), GetOption.DEFAULT))
                    .toArray(Op[]::new);
            for (GetResponse one :
                    etcd.call("read", kv -> kv.txn().Then(gets).commit()).getGetResponses()) {
                one.getKvs().forEach(entry -> found.put(entry.getKey().toString(), entry(entry)));
            }
        }
        return found;
    }

    @Override
    public List<StoreEntry> scan(String from, String to, int limit, ScanOrder order) {
        EntryInput.checkScan(from, to, limit);
        if (from.compareTo(to) >= 0) {
            return List.of();
        }
        // etcd's own order is ascending. If asked to sort, it reads the whole range before it applies the limit.
        GetOption range = GetOption.builder()
                .withRange(bytes(to))
                .withLimit(limit)
                .withSortOrder(order == ScanOrder.ASCENDING ? SortOrder.NONE : SortOrder.DESCEND)
                .build();
        return etcd.call("scan", kv -> kv.get(bytes(from), range)).getKvs().stream()
                .map(EtcdEntryStore::entry)
                .toList();
    }

    @Override
    public boolean write(Collection<EntryCondition> conditions, Collection<EntryMutation> mutations) {
        EntryInput.checkWrite(conditions, mutations, maxBatch());
        Cmp[] compares = conditions.stream().map(EtcdEntryStore::compare).toArray(Cmp[]::new);
        Op[] operations = mutations.stream().map(EtcdEntryStore::operation).toArray(Op[]::new);
        if (operations.length == 0) {
            // A member of etcd answers a transaction without operations from what it has, which may be old.
            operations = conditions.stream()
                    .limit(1)
                    .map(condition -> Op.get(bytes(condition.key()), GetOption.DEFAULT))
                    .toArray(Op[]::new);
        }
        Op[] then = operations;
        // Without jetcd's option to retry, a write is sent again only if etcd did not accept its login.
        return etcd.call("write", kv -> kv.txn().If(compares).Then(then).commit())
                .isSucceeded();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    /** True: each request has a deadline. */
    @Override
    public boolean boundsItsCalls() {
        return true;
    }

    @Override
    public void close() {
        etcd.close();
    }

    private static Cmp compare(EntryCondition condition) {
        ByteSequence key = bytes(condition.key());
        if (condition instanceof EntryCondition.HasVersion wanted) {
            // An absent key has revision 0 for etcd, so only what can be a version of ours is compared.
            boolean possible = wanted.version().matches("[1-9][0-9]{0,17}");
            long revision = possible ? Long.parseLong(wanted.version()) : NEVER;
            return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
        }
        return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0));
    }

    private static Op operation(EntryMutation mutation) {
        ByteSequence key = bytes(mutation.key());
        return mutation instanceof EntryMutation.Put put
                ? Op.put(key, bytes(put.value()), PutOption.DEFAULT)
                : Op.delete(key, DeleteOption.DEFAULT);
    }

    private static StoreEntry entry(KeyValue entry) {
        return new StoreEntry(
                entry.getKey().toString(), entry.getValue().toString(), Long.toString(entry.getModRevision()));
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
