package io.panocrypt.policy.internal.backup;

import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.spi.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what operators edited while the devices were copied: every edit leaves an audit entry, which names its device. Not
 * thread-safe.
 */
final class EditWatch {
    private static final int PAGE = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** What operators edit beside devices. So few that all of them are read again after each edit. */
    static final List<String> SMALL_KINDS = List.of(
            RecordMapper.NETWORK_ACCESS_LIST,
            RecordMapper.LOCKDOWN,
            RecordMapper.TEMPORARY_DENY,
            RecordMapper.MEMBER,
            RecordMapper.USER_GROUP,
            RecordMapper.APPROVAL_GROUP,
            RecordMapper.ENROLLMENT_KEY,
            RecordMapper.WEBHOOK,
            RecordMapper.CLOSED_CONTACT,
            RecordMapper.PASSKEY);

    private final Store store;
    private final InstantSource clock;
    private final Map<String, PolicyRecord> edited = new TreeMap<>();
    private Instant time;
    private List<ChainHead> heads;

    /** Begins to watch: create it before the devices are read. */
    EditWatch(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.time = clock.instant();
        this.heads = store.heads();
    }

    /**
     * The devices that were edited meanwhile and all records of the small kinds, as they are at {@link #heads}.
     *
     * @throws StoreException if edits follow each other without a pause for 30 s
     */
    List<PolicyRecord> settle() {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        List<PolicyRecord> small;
        do {
            if (System.nanoTime() - deadline > 0) {
                throw new StoreException("policy was edited without a pause for " + TIMEOUT.toSeconds()
                        + " s, so no backup can be taken: try again later");
            }
            small = new ArrayList<>();
            for (String kind : SMALL_KINDS) {
                small.addAll(PolicyCache.scanAll(store, kind, null));
            }
        } while (goOn());
        small.addAll(edited.values());
        return small;
    }

    /** The last entry of each chain when {@link #settle} returned. */
    List<ChainHead> heads() {
        return heads;
    }

    /** Before these heads were read. */
    Instant time() {
        return time;
    }

    /** Reads the devices of the edits since the last heads; false if there was none. */
    private boolean goOn() {
        Map<String, Long> before = new HashMap<>();
        heads.forEach(head -> before.put(head.chain(), head.sequence()));
        time = clock.instant();
        heads = store.heads();
        boolean any = false;
        for (ChainHead head : heads) {
            any |= readEdits(head, before.getOrDefault(head.chain(), 0L));
        }
        return any;
    }

    private boolean readEdits(ChainHead head, long after) {
        boolean any = false;
        long at = after;
        while (at < head.sequence()) {
            List<JournalRow> page = store.chain(head.chain(), at, PAGE);
            for (JournalRow row : page) {
                // An entry beyond the head is met again in the next round.
                if (row.entry().kind() == JournalEntry.Kind.AUDIT) {
                    any = true;
                    String device = row.entry().deviceId();
                    if (device != null) {
                        store.get(RecordMapper.DEVICE, device).ifPresent(record -> edited.put(device, record));
                    }
                }
            }
            at = page.isEmpty() ? head.sequence() : page.get(page.size() - 1).sequence();
        }
        return any;
    }
}
