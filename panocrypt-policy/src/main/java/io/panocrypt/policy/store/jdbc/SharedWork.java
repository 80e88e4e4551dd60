package io.panocrypt.policy.store.jdbc;

import java.sql.SQLException;

/** Work that changes no record and no epoch, and so may run concurrently with that of other nodes. */
record SharedWork<T>(GroupCommitter.Work<T> work) implements GroupCommitter.Work<T> {
    @Override
    public T run(WriteTransaction transaction) throws SQLException {
        return work.run(transaction);
    }

    @Override
    public boolean exclusive() {
        return false;
    }
}
