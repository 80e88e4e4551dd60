package io.panocrypt.policy.internal.session;

import io.panocrypt.policy.internal.edit.PolicyEditor;
import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Reads sessions and writes what is no operator's act: that they are used, and that time has ended them. Thread-safe. */
public final class SessionStore {
    /** How much later than recorded a session may have been used last. */
    private static final Duration PRECISION = Duration.ofMinutes(1);

    private static final int PAGE = 500;

    private final Store store;

    public SessionStore(Store store) {
        this.store = store;
    }

    /** The records of a member's sessions, oldest first, those that time has ended included. */
    public List<PolicyRecord> of(String memberId) {
        return PolicyCache.scanAll(store, RecordMapper.SESSION, StoredSession.memberTerm(memberId));
    }

    /** Ends all sessions of the member in the commit of an edit. */
    public void endAll(PolicyEditor.Draft draft, String memberId) {
        of(memberId).forEach(draft::delete);
    }

    /** Records that the session is used, once a minute at most. */
    public void use(PolicyRecord record, StoredSession stored, Instant now) {
        if (Duration.between(stored.session().lastUsed(), now).compareTo(PRECISION) < 0) {
            return;
        }
        StoredSession used = stored.usedAt(now);
        // A conflict means that another request was faster, or that the session has ended.
        store.write(StoreWrite.of()
                .put(new PolicyRecord(
                        record.kind(),
                        record.id(),
                        used.session().version(),
                        Json.write(used),
                        record.uniqueTerms(),
                        record.terms()))
                .build());
    }

    /** Deletes the sessions that time has ended, and those that cannot be read. */
    public void purge(Instant now, Duration idle, Duration life) {
        List<PolicyRecord> page = store.scan(RecordMapper.SESSION, null, null, PAGE);
        while (!page.isEmpty()) {
            page.stream()
                    .filter(record -> RecordMapper.readIfReadable(record, StoredSession.class)
                            .filter(stored -> stored.isAliveAt(now, idle, life))
                            .isEmpty())
                    .forEach(this::delete);
            page = page.size() < PAGE
                    ? List.of()
                    : store.scan(
                            RecordMapper.SESSION,
                            null,
                            page.get(page.size() - 1).id(),
                            PAGE);
        }
    }

    private void delete(PolicyRecord record) {
        store.write(StoreWrite.of()
                .delete(record.kind(), record.id(), record.version())
                .build());
    }
}
