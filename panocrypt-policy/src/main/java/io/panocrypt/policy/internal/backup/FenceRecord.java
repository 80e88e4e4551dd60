package io.panocrypt.policy.internal.backup;

import io.panocrypt.policy.internal.records.Json;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.backup.FenceStatus;
import io.panocrypt.policy.spi.store.PolicyRecord;
import io.panocrypt.policy.spi.store.Store;
import java.util.Optional;
import java.util.Set;

/**
 * The fence of a restored store, written before anything else. While it stands, nobody is answered.
 *
 * @param whole whether the restore has ended; no service opens a store before that
 */
public record FenceRecord(boolean whole, FenceStatus status) {
    public static final String ID = "fence";

    /** The version of the record, before and after the end of the restore. */
    private static final int BEGUN = 1;

    private static final int ENDED = 2;

    public static Optional<FenceRecord> find(Store store) {
        return store.get(RecordMapper.FENCE, ID).map(record -> RecordMapper.read(record, FenceRecord.class));
    }

    /**
     * Refuses a store whose restore has not ended.
     *
     * @throws IllegalStateException if that is so
     */
    public static void refuseUnfinished(Store store) {
        if (find(store).filter(fence -> !fence.whole).isPresent()) {
            throw new IllegalStateException("a restore into this store was interrupted: run the same restore again");
        }
    }

    /** As it is stored. */
    public PolicyRecord record() {
        return new PolicyRecord(RecordMapper.FENCE, ID, whole ? ENDED : BEGUN, Json.write(this), Set.of(), Set.of());
    }
}
