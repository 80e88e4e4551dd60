package io.panocrypt.standalone;

import com.zaxxer.hikari.HikariDataSource;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.StandardEngine;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.spi.StoreException;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Consumer;

/** A service on the files of a data directory; closing it closes them. */
final class Service implements AutoCloseable {
    /** One machine, one chain. */
    private static final String NODE = "main";

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

    static Service open(DataDirectory files, URI publicUrl) {
        return open(files, publicUrl, defaults -> {});
    }

    /** @param settings what differs from the defaults */
    static Service open(DataDirectory files, URI publicUrl, Consumer<Panocrypt.Builder> settings) {
        files.create();
        HikariDataSource database = files.openDatabase();
        try {
            JdbcStore store = JdbcStore.open(database, Dialect.SQLITE, NODE, InstantSource.system(), SchemaMode.CREATE);
            MasterKey masterKey = files.openMasterKey(store);
            SecureRandom random = new SecureRandom();
            StandardEngine engine = new StandardEngine(random);
            engine.warmUp(StandardEngine.WARM_UP_MULTIPLICATIONS);
            Panocrypt.Builder builder = Panocrypt.builder()
                    .store(store)
                    .custody(new SealedKeyCustody(masterKey, engine, random))
                    .publicUrl(publicUrl)
                    .random(random);
            settings.accept(builder);
            return new Service(database, store, masterKey, builder.build());
        } catch (StoreException e) {
            database.close();
            String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            throw new StartupException(e.getMessage() + cause, e);
        } catch (IllegalStateException | IllegalArgumentException e) {
            database.close();
            throw new StartupException(e.getMessage(), e);
        } catch (StartupException e) {
            database.close();
            throw e;
        }
    }

    Panocrypt panocrypt() {
        return panocrypt;
    }

    @Override
    public void close() {
        panocrypt.close();
        store.close();
        database.close();
        masterKey.close();
    }
}
