package io.panocrypt.testkit.store;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.policy.BackupFile;
import io.panocrypt.policy.EachMinute;
import io.panocrypt.policy.HistoryExport;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.spi.store.ChainHead;
import io.panocrypt.policy.spi.store.JournalEntry;
import io.panocrypt.policy.spi.store.JournalRow;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.testkit.support.TestTimeout;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;

/**
 * A program on a SQLite file with a long history. Each run executes one command, in a process that a test can limit or
 * kill.
 */
final class Historian implements AutoCloseable {
    static final String NODE = "node-a";
    static final Duration AGE = Duration.ofDays(30);

    private final JdbcStore store;
    private final MasterKey master;
    private final Panocrypt service;

    private Historian(Path folder, InstantSource clock) throws IOException {
        SecureRandom random = new SecureRandom();
        Path key = folder.resolve("master-key");
        this.store = store(folder, clock);
        this.master = Files.exists(key) ? MasterKey.load(key) : MasterKey.create(key, random);
        this.service = Panocrypt.builder()
                .store(store)
                .custody(new SealedKeyCustody(master, new JcaEngine(random), random))
                .backupKey(master)
                .publicUrl(URI.create("http://192.0.2.1"))
                .clock(clock)
                .checkpointInterval(Duration.ZERO)
                .limits(TestTimeout.SERVICE)
                .build();
    }

    private static JdbcStore store(Path folder, InstantSource clock) {
        return JdbcStore.open(
                SqliteFixture.file(folder.resolve("long.db")),
                Dialect.SQLITE,
                NODE,
                clock,
                JdbcSettings.DEFAULTS.with(TestTimeout.MAX));
    }

    static Historian open(Path folder) throws IOException {
        return new Historian(folder, InstantSource.system());
    }

    Panocrypt service() {
        return service;
    }

    /** Arguments: export, verify, cut, backup or restore; the folder of the database. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "export" -> export(folder);
            case "verify" -> verify(folder);
            case "cut" -> cut(folder);
            case "backup" -> backup(folder);
            case "restore" -> restore(folder);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void export(Path folder) throws IOException {
        try (Historian historian = open(folder);
                OutputStream out = Files.newOutputStream(folder.resolve("export"))) {
            historian.service.history().export(out);
        }
    }

    private static void verify(Path folder) throws IOException {
        try (HistoryExport export = HistoryExport.open(folder.resolve("export"))) {
            System.out.println(export.verify(Stream.of()));
        }
    }

    private static void backup(Path folder) throws IOException {
        try (Historian historian = open(folder);
                OutputStream out = Files.newOutputStream(folder.resolve("backup"))) {
            historian.service.backups().write(Actor.HOST, out);
        }
    }

    /** Verifies the backup, and restores it into the folder {@code restored}. */
    private static void restore(Path folder) throws IOException {
        try (MasterKey key = MasterKey.load(folder.resolve("master-key"));
                BackupFile backup = BackupFile.open(folder.resolve("backup"), key);
                JdbcStore target = store(folder.resolve("restored"), InstantSource.system())) {
            System.out.println(backup.verify(SealedKeyCustody.of(key)).journal());
            System.out.println("restoring");
            backup.restore(target, InstantSource.system());
        }
    }

    private static void cut(Path folder) throws IOException {
        try (Historian historian = open(folder)) {
            System.out.println("cutting");
            System.out.println(historian
                    .service
                    .history()
                    .cutBefore(Actor.HOST, Instant.now().minus(AGE.dividedBy(2))));
        }
    }

    /**
     * Creates an old site with the given number of entries and a checkpoint after them.
     *
     * @param noteLength of each entry, in characters
     */
    static void fill(Path folder, int rows, int noteLength) throws IOException, SQLException {
        Instant old = Instant.ofEpochMilli(Instant.now().minus(AGE).toEpochMilli());
        try (Historian historian = new Historian(folder, InstantSource.fixed(old))) {
            ChainHead head = historian.store.heads().get(0);
            try (Connection database =
                            SqliteFixture.file(folder.resolve("long.db")).getConnection();
                    PreparedStatement insert = database.prepareStatement(
                            "INSERT INTO panocrypt_journal (chain, sequence, entry_id, kind, time_ms, device_id, body, hash)"
                                    + " VALUES (?, ?, ?, 'UNLOCK', ?, 'dev-1', ?, ?)")) {
                database.setAutoCommit(false);
                for (int i = 0; i < rows; i++) {
                    String body = "{\"n\":" + i + ",\"note\":\"" + "x".repeat(noteLength) + "\"}";
                    JournalRow row =
                            head.append(new JournalEntry("row-" + i, JournalEntry.Kind.UNLOCK, old, "dev-1", body));
                    insert.setString(1, row.chain());
                    insert.setLong(2, row.sequence());
                    insert.setString(3, row.entry().id());
                    insert.setLong(4, old.toEpochMilli());
                    insert.setString(5, body);
                    insert.setString(6, row.hash());
                    insert.addBatch();
                    if (i % 1_000 == 999) {
                        insert.executeBatch();
                    }
                    head = ChainHead.of(row);
                }
                insert.executeBatch();
                database.commit();
            }
            EachMinute.checkpoint(historian.service);
        }
    }

    @Override
    public void close() {
        service.close();
        store.close();
        master.close();
    }
}
