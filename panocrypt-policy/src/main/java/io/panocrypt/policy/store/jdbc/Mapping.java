package io.panocrypt.policy.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** What turns the rows of a query into an answer. */
interface Mapping<T> {
    T map(ResultSet rows) throws SQLException;
}
