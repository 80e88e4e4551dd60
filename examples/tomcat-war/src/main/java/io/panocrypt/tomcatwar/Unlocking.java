package io.panocrypt.tomcatwar;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.AdministratorTokenFile;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.servlet.PanocryptServlets;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * Opens the service with the context, and closes it with it.
 *
 * <p>The container's configuration has the resource {@code jdbc/panocrypt} and the entries {@code panocrypt/publicUrl}, {@code
 * panocrypt/dialect} (such as {@code postgresql}), {@code panocrypt/node} and {@code panocrypt/directory}, where master key and the first
 * administrator's token are made.
 */
@WebListener
public final class Unlocking implements ServletContextListener {
    /** The last opened is closed first. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** Called by the container. */
    public Unlocking() {}

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            PanocryptServlets.of(open()).register(event.getServletContext());
        } catch (NamingException | IOException | RuntimeException e) {
            close(event);
            throw new IllegalStateException("the service cannot start: " + e.getMessage(), e);
        }
    }

    private Panocrypt open() throws NamingException, IOException {
        Path directory = Path.of(entry("panocrypt/directory"));
        MasterKey[] key = new MasterKey[1];
        // Before the store, because it is closed last.
        opened.push(() -> {
            if (key[0] != null) {
                key[0].close();
            }
        });
        JdbcStore store = JdbcStore.open(
                InitialContext.<DataSource>doLookup("java:comp/env/jdbc/panocrypt"),
                Dialect.valueOf(entry("panocrypt/dialect").toUpperCase(Locale.ROOT)),
                entry("panocrypt/node"),
                InstantSource.system(),
                SchemaMode.CREATE);
        opened.push(store);
        key[0] = Panocrypt.openMasterKey(store, directory.resolve("master-key"), new SecureRandom());
        Panocrypt panocrypt = Panocrypt.builder()
                .store(store)
                .clock(store.clock())
                .custody(SealedKeyCustody.of(key[0]))
                .backupKey(key[0])
                .publicUrl(URI.create(entry("panocrypt/publicUrl")))
                .build();
        opened.push(panocrypt);
        new AdministratorTokenFile(directory.resolve("admin-token")).createFirstAdministrator(panocrypt.members());
        return panocrypt;
    }

    private static String entry(String name) throws NamingException {
        return InitialContext.doLookup("java:comp/env/" + name);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        close(event);
    }

    private void close(ServletContextEvent event) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                event.getServletContext().log("could not be closed", e);
            }
        }
    }
}
