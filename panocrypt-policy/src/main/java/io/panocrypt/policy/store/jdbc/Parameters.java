package io.panocrypt.policy.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Binds a statement's parameters in their order. */
final class Parameters {
    private Parameters() {}

    /** The values are texts, integers, longs or null. */
    static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
