package io.panocrypt.testkit.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.sql.DataSource;

/** The program of a {@link CrashingNode} on SQLite or PostgreSQL. */
final class JdbcNode {
    static final String NAME = "node-a";

    private JdbcNode() {}

    /** Arguments: the SQLite file or PostgreSQL's URL, and the id prefix. */
    public static void main(String[] arguments) {
        boolean isUrl = arguments[0].startsWith("jdbc:");
        DataSource source = isUrl ? pool(arguments[0]) : SqliteFixture.file(Path.of(arguments[0]));
        Dialect dialect = isUrl ? Dialect.POSTGRESQL : Dialect.SQLITE;
        // A new process may not connect within the pool's timeout, or the last node's session may not have ended.
        JdbcStore store = CrashingNode.retry(
                () -> JdbcStore.open(source, dialect, NAME, InstantSource.system(), SchemaMode.CREATE));
        CrashingNode.run(store, arguments[1], isUrl);
    }

    /** A pool that waits for a connection as long as a request would. */
    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(8);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(500);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }
}
