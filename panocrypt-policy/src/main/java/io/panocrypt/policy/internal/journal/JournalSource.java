package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.Store;
import java.util.List;
import java.util.Optional;

/** Hash chains to verify, from a store or an export. */
public interface JournalSource {
    /** The heads of all chains, in ascending order of names. */
    List<ChainHead> heads();

    /** Entries of one chain as they are stored, after that sequence number; at most {@code limit}. */
    List<JournalRow> chain(String chain, long after, int limit);

    /** The signed truncations that replace removed entries. */
    List<ChainTruncation.Signed> cuts();

    /** A defect of the container itself, which entries that follow from each other would not show. */
    default Optional<Verification.Break> flaw() {
        return Optional.empty();
    }

    /** The journal of a running site. */
    static JournalSource of(Store store) {
        return new JournalSource() {
            @Override
            public List<ChainHead> heads() {
                return store.heads();
            }

            @Override
            public List<JournalRow> chain(String chain, long after, int limit) {
                return store.chain(chain, after, limit);
            }

            @Override
            public List<ChainTruncation.Signed> cuts() {
                return PolicyCache.scanAll(store, RecordMapper.CUT, null).stream()
                        .map(record -> ChainTruncation.Signed.read(record.body()))
                        .toList();
            }
        };
    }
}
