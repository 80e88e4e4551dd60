package io.panocrypt.policy.store.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a {@link JdbcStore} is opened. Immutable.
 *
 * @param schema what to do about the tables; default {@link SchemaMode#CREATE}
 * @param timeout of a write and of a short read; default 2 s
 * @param tablePrefix what the names of all tables and indexes begin with; default {@code panocrypt_}. With different
 *     prefixes several stores share a database and know nothing of each other. It has 1 to 21 characters, lower-case
 *     letters, digits and underscores, and begins with a letter; it may neither begin with {@code sqlite_}
 *     nor end with {@code unique_} or {@code unique_term_of_}
 */
public record JdbcSettings(SchemaMode schema, Duration timeout, String tablePrefix) {
    /** Longer, and PostgreSQL would cut names (63 bytes), which could then be the same. Before DEFAULTS, which is checked. */
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,20}");

    /** For the prefix x_ makes the table x_unique_term, which would be the table term of the prefix x_unique_. */
    private static final List<String> ENDS_OF_OTHERS = List.of("unique_", "unique_term_of_");

    /** The default of each. */
    public static final JdbcSettings DEFAULTS =
            new JdbcSettings(SchemaMode.CREATE, Duration.ofSeconds(2), TableNames.DEFAULT_PREFIX);

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if the prefix is malformed, or the timeout is not positive
     */
    public JdbcSettings {
        if (!PREFIX.matcher(tablePrefix).matches()) {
            throw new IllegalArgumentException(
                    "a table prefix has 1 to 21 of a-z, 0-9 and _, and begins with a letter");
        }
        if (tablePrefix.startsWith("sqlite_") || ENDS_OF_OTHERS.stream().anyMatch(tablePrefix::endsWith)) {
            throw new IllegalArgumentException("a table prefix neither begins with sqlite_ nor ends with any of "
                    + ENDS_OF_OTHERS + ": names would not be unique");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeout must be positive");
        }
    }

    /** These settings with another mode. */
    public JdbcSettings with(SchemaMode mode) {
        return new JdbcSettings(mode, timeout, tablePrefix);
    }

    /** These settings with another timeout. */
    public JdbcSettings with(Duration otherTimeout) {
        return new JdbcSettings(schema, otherTimeout, tablePrefix);
    }

    /** These settings with another table prefix. */
    public JdbcSettings withTablePrefix(String prefix) {
        return new JdbcSettings(schema, timeout, prefix);
    }
}
