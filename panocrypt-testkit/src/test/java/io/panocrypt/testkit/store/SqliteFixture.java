package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;

/** A JDBC store on its own SQLite file, in a folder that is removed with it. */
final class SqliteFixture extends SharedStoreFixture {
    private static final JdbcSettings SETTINGS = JdbcSettings.DEFAULTS.with(TestTimeout.MAX);

    private final Path folder = Files.createTempDirectory("panocrypt-store");
    private final Path file = folder.resolve("store.db");
    private final MutableClock clock;

    /** Null if the store opens the file itself. */
    private final @Nullable DataSource source;

    private SqliteFixture(MutableClock clock, @Nullable UnaryOperator<DataSource> hostility) throws IOException {
        this.clock = clock;
        this.source = hostility == null ? null : hostility.apply(file(file));
    }

    /** A store that opens the file itself. */
    static SqliteFixture ofFile(MutableClock clock) throws IOException {
        return new SqliteFixture(clock, null);
    }

    /** A store on a data source that has the given problem. */
    static SqliteFixture hostile(MutableClock clock, UnaryOperator<DataSource> hostility) throws IOException {
        return new SqliteFixture(clock, hostility);
    }

    static DataSource file(Path file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    @Override
    protected JdbcStore open(String node) {
        return source == null
                ? JdbcStore.openSqlite(file, node, clock, SETTINGS)
                : JdbcStore.open(source, Dialect.SQLITE, node, clock, SETTINGS);
    }

    @Override
    public void close() throws IOException {
        super.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
