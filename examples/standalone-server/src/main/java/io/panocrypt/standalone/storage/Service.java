package io.panocrypt.standalone.storage;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.common.StartupException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.function.Consumer;

/** A running service with its store; {@link #close} closes both. */
public final class Service implements AutoCloseable {
    private final HikariDataSource database;
    private final JdbcStore store;
    private final MasterKey masterKey;
    private final Panocrypt panocrypt;

    private Service(HikariDataSource database, JdbcStore store, MasterKey masterKey, Panocrypt panocrypt) {
        this.database = database;
        this.store = store;
        this.masterKey = masterKey;
        this.panocrypt = panocrypt;
    }

    public static Service open(Storage storage, URI publicUrl) {
        return open(storage, publicUrl, defaults -> {});
    }

    /** @param settings changes to the defaults */
    public static Service open(Storage storage, URI publicUrl, Consumer<Panocrypt.Builder> settings) {
        storage.files().create();
        HikariDataSource database = storage.openPool();
        try {
            JdbcStore store = storage.openStore(database);
            MasterKey masterKey = storage.files().openMasterKey(store);
            SecureRandom random = new SecureRandom();
            StandardEngine engine = new StandardEngine(random);
            engine.warmUp(StandardEngine.WARM_UP_MULTIPLICATIONS);
            Panocrypt.Builder builder = Panocrypt.builder()
                    .store(store)
                    .clock(store.clock())
                    .custody(new SealedKeyCustody(masterKey, engine, random))
                    .publicUrl(publicUrl)
                    .random(random);
            settings.accept(builder);
            return new Service(database, store, masterKey, builder.build());
        } catch (StoreException e) {
            database.close();
            throw storage.refusal("", e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            database.close();
            throw new StartupException(Objects.requireNonNullElseGet(e.getMessage(), e::toString), e);
        } catch (StartupException e) {
            database.close();
            throw e;
        }
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
        store.close();
        database.close();
        masterKey.close();
    }
}
