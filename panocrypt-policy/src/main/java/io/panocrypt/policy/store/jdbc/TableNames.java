package io.panocrypt.policy.store.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives tables and indexes the prefix of their store. Statements are written with the default prefix; only names contain
 * it. Thread-safe.
 */
final class TableNames {
    static final String DEFAULT_PREFIX = "panocrypt_";

    private final String prefix;

    /** Statements with the default prefix, and the same with this one. */
    private final Map<String, String> known = new ConcurrentHashMap<>();

    /** @param prefix checked by {@link JdbcSettings} */
    TableNames(String prefix) {
        this.prefix = prefix;
    }

    boolean isDefault() {
        return prefix.equals(DEFAULT_PREFIX);
    }

    String prefix() {
        return prefix;
    }

    /** The text with this store's names; kept, so it must be one of few. */
    String in(String sql) {
        return isDefault() ? sql : known.computeIfAbsent(sql, this::replaced);
    }

    /** The text with this store's names. */
    String replaced(String sql) {
        return sql.replace(DEFAULT_PREFIX, prefix);
    }
}
