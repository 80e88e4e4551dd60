package io.panocrypt.policy.store.entry;

import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.spi.store.PolicyRecord;
import java.util.List;

/** Writes a record, or rows, of a backup as they are. Can be repeated, so it needs no id. */
final class RestoreAct {
    private RestoreAct() {}

    static Act<Boolean> of(PolicyRecord record) {
        return Act.of(write -> {
            RecordChanges.restore(write, record);
            return true;
        });
    }

    /** @param rows as many as fit into one write */
    static Act<Boolean> of(List<JournalRow> rows) {
        return Act.of(write -> {
            rows.forEach(row -> Journal.restore(write, row));
            return true;
        });
    }
}
