package io.panocrypt.policy.store.jdbc;

import io.panocrypt.policy.spi.store.StoreInputException;
import io.panocrypt.policy.spi.store.StoreText;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Binds a statement's parameters in their order. */
final class Parameters {
    private Parameters() {}

    /**
     * Binds values, which are texts, integers, longs or null.
     *
     * @throws StoreInputException for text that no database can store: drivers write a question mark for half of a
     *     surrogate pair
     */
    static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof String text) {
                StoreText.check(text);
            }
            statement.setObject(i + 1, values[i]);
        }
    }
}
