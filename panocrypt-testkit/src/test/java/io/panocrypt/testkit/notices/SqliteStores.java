package io.panocrypt.testkit.notices;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteDataSource;

/** A SQLite file with a separate store for each node. */
final class SqliteStores implements NoticeSite.Stores {
    private final Path folder;
    private final List<JdbcStore> opened = new ArrayList<>();

    SqliteStores(Path folder) {
        this.folder = folder;
    }

    @Override
    public Panocrypt node(NoticeHouse house, String name) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("store.db"));
        JdbcStore store =
                JdbcStore.open(source, Dialect.SQLITE, name, house.clock, JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
        opened.add(store);
        return house.node(store);
    }

    @Override
    public void close() {
        opened.forEach(JdbcStore::close);
    }
}
