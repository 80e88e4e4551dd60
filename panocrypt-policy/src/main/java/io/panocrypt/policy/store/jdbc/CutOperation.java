package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.CommitResult;
import io.panocrypt.policy.spi.store.JournalCut;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Removes the oldest rows of a chain inside a transaction: checks everything first, then writes everything. */
final class CutOperation implements GroupCommitter.Work<CommitResult> {
    private final JournalCut cut;
    private final RecordChanges stands;

    CutOperation(JournalCut cut) {
        this.cut = cut;
        this.stands = new RecordChanges(List.of(cut.stands()));
    }

    @Override
    public CommitResult run(WriteTransaction transaction) throws SQLException {
        if (transaction.hasEntry(cut.entry().id())) {
            return CommitResult.COMMITTED;
        }
        ChainHead end = cut.end();
        boolean isThere =
                transaction.text(Sql.HASH_AT, end.chain(), end.sequence()).equals(Optional.of(end.hash()));
        // The next row could have been removed by an attacker. The chain is then broken there, and is not truncated
        // further.
        boolean isFollowed =
                transaction.text(Sql.HASH_AT, end.chain(), end.sequence() + 1).isPresent();
        if (!isThere || !isFollowed || stands.obstacle(transaction).isPresent()) {
            return CommitResult.CONFLICT;
        }
        stands.write(transaction);
        transaction.update(Sql.CUT_CHAIN, end.chain(), end.sequence());
        // Retention exists to remove addresses: no file may keep a copy of them.
        transaction.noteErasure();
        transaction.append(cut.entry());
        return CommitResult.COMMITTED;
    }
}
