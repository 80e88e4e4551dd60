package io.panocrypt.policy.internal.journal;

import io.panocrypt.policy.internal.policy.PolicyCache;
import io.panocrypt.policy.internal.records.RecordMapper;
import io.panocrypt.policy.model.history.Verification;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.DecisionStore;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyStore;
import java.util.List;
import java.util.Optional;

/** Hash chains as a check reads them, wherever they are kept. */
public interface JournalSource {
    /** The head of every chain, by ascending name. */
    List<ChainHead> heads();

    /** Rows of one chain as they stand there, behind that sequence; at most so many. */
    List<JournalRow> chain(String chain, long after, int limit);

    /** What stands for the rows that retention has removed. */
    List<ChainTruncation.Signed> cuts();

    /** What is wrong with the place that they are kept in, though each row may follow from the one before it. */
    default Optional<Verification.Break> flaw() {
        return Optional.empty();
    }

    /** The journal of a running site. */
    static JournalSource of(DecisionStore rows, PolicyStore records) {
        return new JournalSource() {
            @Override
            public List<ChainHead> heads() {
                return rows.heads();
            }

            @Override
            public List<JournalRow> chain(String chain, long after, int limit) {
                return rows.chain(chain, after, limit);
            }

            @Override
            public List<ChainTruncation.Signed> cuts() {
                return PolicyCache.scanAll(records, RecordMapper.CUT, null).stream()
                        .map(found -> ChainTruncation.Signed.read(found.body()))
                        .toList();
            }
        };
    }
}
