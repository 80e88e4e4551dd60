package io.panocrypt.policy.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Converts the rows of a query into a result. */
interface Mapping<T> {
    T map(ResultSet rows) throws SQLException;
}
