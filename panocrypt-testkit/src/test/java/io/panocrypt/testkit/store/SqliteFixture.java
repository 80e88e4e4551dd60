package io.panocrypt.testkit.store;

import io.panocrypt.policy.spi.DecisionStore;
import io.panocrypt.policy.spi.PolicyStore;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.testkit.MutableClock;
import io.panocrypt.testkit.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A JDBC store on a SQLite file of its own, in a folder that goes with it. */
final class SqliteFixture implements StoreFixture {
    private final Path folder;
    private final DataSource source;
    private final MutableClock clock;
    private final List<JdbcStore> others = new ArrayList<>();
    private JdbcStore store;

    SqliteFixture(MutableClock clock, UnaryOperator<DataSource> hostility) throws IOException {
        this.folder = Files.createTempDirectory("panocrypt-store");
        this.source = hostility.apply(file(folder.resolve("store.db")));
        this.clock = clock;
        this.store = node("node-a");
    }

    static DataSource file(Path file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private JdbcStore node(String name) {
        return JdbcStore.open(source, Dialect.SQLITE, name, clock, SchemaMode.CREATE);
    }

    @Override
    public PolicyStore policies() {
        return store;
    }

    @Override
    public DecisionStore decisions() {
        return store;
    }

    @Override
    public String chain() {
        return "node-a";
    }

    @Override
    public boolean reopens() {
        return true;
    }

    @Override
    public void reopen() {
        store.close();
        store = node("node-a");
    }

    @Override
    public Optional<DecisionStore> anotherNode() {
        JdbcStore other = node("node-b");
        others.add(other);
        return Optional.of(other);
    }

    @Override
    public void close() throws IOException {
        others.forEach(JdbcStore::close);
        store.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
