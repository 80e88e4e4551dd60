package io.panocrypt.policy;

import io.panocrypt.policy.spi.ChainHead;
import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.JournalRow;
import io.panocrypt.policy.spi.PolicyStore;
import java.util.List;
import java.util.Optional;

/** Hash chains as a check reads them, wherever they are kept. */
interface Journal {
    /** The head of every chain, by ascending name. */
    List<ChainHead> heads();

    /** Rows of one chain as they stand there, behind that sequence; at most so many. */
    List<JournalRow> chain(String chain, long after, int limit);

    /** What stands for the rows that retention has removed. */
    List<ChainCut.Signed> cuts();

    /** What is wrong with the place that they are kept in, though each row may follow from the one before it. */
    default Optional<Verification.Break> flaw() {
        return Optional.empty();
    }

    /** The journal of a running site. */
    static Journal of(DecisionStore rows, PolicyStore records) {
        return new Journal() {
            @Override
            public List<ChainHead> heads() {
                return rows.heads();
            }

            @Override
            public List<JournalRow> chain(String chain, long after, int limit) {
                return rows.chain(chain, after, limit);
            }

            @Override
            public List<ChainCut.Signed> cuts() {
                return PolicyCache.scanAll(records, Records.CUT, null).stream()
                        .map(found -> ChainCut.Signed.read(found.body()))
                        .toList();
            }
        };
    }
}
