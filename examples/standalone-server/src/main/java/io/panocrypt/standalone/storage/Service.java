package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.MasterKeyRing;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A running service with its store; {@link #close} closes both. */
public final class Service implements AutoCloseable {
    private final Optional<HikariDataSource> pool;
    private final JdbcStore store;
    private final MasterKeyRing masterKeys;
    private final Panocrypt panocrypt;

    private Service(Optional<HikariDataSource> pool, JdbcStore store, MasterKeyRing masterKeys, Panocrypt panocrypt) {
        this.pool = pool;
        this.store = store;
        this.masterKeys = masterKeys;
        this.panocrypt = panocrypt;
    }

    public static Service open(Storage storage, URI publicUrl) {
        return open(storage, publicUrl, defaults -> {});
    }

    /** @param settings changes to the defaults */
    public static Service open(Storage storage, URI publicUrl, Consumer<Panocrypt.Builder> settings) {
        storage.files().create();
        Optional<HikariDataSource> pool = storage.openPool();
        @Nullable JdbcStore store = null;
        @Nullable Service service = null;
        try {
            store = storage.openStore(pool);
            service = open(storage, pool, store, publicUrl, settings);
            return service;
        } catch (StoreException e) {
            throw storage.refusal("", e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new StartupException(
                    Objects.requireNonNullElseGet(e.getMessage(), e::toString)
                            .replace("give it too", "name its file with --previous-master-key-file"),
                    e);
        } finally {
            if (service == null) {
                close(store, pool);
            }
        }
    }

    private static Service open(
            Storage storage,
            Optional<HikariDataSource> pool,
            JdbcStore store,
            URI publicUrl,
            Consumer<Panocrypt.Builder> settings) {
        MasterKeyRing masterKeys = storage.files().openMasterKeys(store);
        @Nullable Service service = null;
        try {
            service = open(masterKeys, pool, store, publicUrl, settings);
            return service;
        } finally {
            if (service == null) {
                masterKeys.close();
            }
        }
    }

    private static Service open(
            MasterKeyRing masterKeys,
            Optional<HikariDataSource> pool,
            JdbcStore store,
            URI publicUrl,
            Consumer<Panocrypt.Builder> settings) {
        SecureRandom random = new SecureRandom();
        StandardEngine engine = new StandardEngine(random);
        engine.warmUp(StandardEngine.WARM_UP_MULTIPLICATIONS);
        Panocrypt.Builder builder = Panocrypt.builder()
                .store(store)
                .clock(store.clock())
                .custody(masterKeys.custody(engine, random))
                .backupKey(masterKeys.current())
                .publicUrl(publicUrl)
                .random(random);
        settings.accept(builder);
        return new Service(pool, store, masterKeys, builder.build());
    }

    private static void close(@Nullable JdbcStore store, Optional<HikariDataSource> pool) {
        if (store != null) {
            store.close();
        }
        pool.ifPresent(HikariDataSource::close);
    }

    public Panocrypt panocrypt() {
        return panocrypt;
    }

    /**
     * Checks that the database user may delete old history.
     *
     * @throws StoreException if it may not, or the database does not answer
     */
    public void requireRetentionPrivilege() {
        store.requireRetentionPrivilege();
    }

    @Override
    public void close() {
        panocrypt.close();
        close(store, pool);
        masterKeys.close();
    }
}
