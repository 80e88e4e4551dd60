package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.sql.SQLException;
import java.util.List;

/** Writes records and journal rows of a backup as they are, inside a transaction. */
record RestoreOperation(List<PolicyRecord> records, List<JournalRow> rows) implements GroupCommitter.Work<Boolean> {
    @Override
    public Boolean run(WriteTransaction transaction) throws SQLException {
        for (PolicyRecord record : records) {
            RecordChanges.restore(transaction, record);
        }
        for (JournalRow row : rows) {
            transaction.restore(row);
        }
        return true;
    }
}
