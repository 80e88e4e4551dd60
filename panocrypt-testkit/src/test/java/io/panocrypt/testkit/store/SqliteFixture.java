package io.panocrypt.testkit.store;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.support.MutableClock;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A JDBC store on its own SQLite file, in a folder that is removed with it. */
final class SqliteFixture extends SharedStoreFixture<JdbcStore> {
    private final Path folder;
    private final DataSource source;
    private final MutableClock clock;

    SqliteFixture(MutableClock clock, UnaryOperator<DataSource> hostility) throws IOException {
        this.folder = Files.createTempDirectory("panocrypt-store");
        this.source = hostility.apply(file(folder.resolve("store.db")));
        this.clock = clock;
    }

    static DataSource file(Path file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    @Override
    protected JdbcStore open(String node) {
        return JdbcStore.open(source, Dialect.SQLITE, node, clock, SchemaMode.CREATE, TestTimeout.MAX);
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
