package io.panocrypt.standalone;

import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Recovery for anyone with a shell on the host: issues a new administrator token. Works with or without a running
 * server.
 */
@Command(
        name = "admin-token",
        mixinStandardHelpOptions = true,
        description = "Replaces the administrator's token; prints the new one.")
final class AdminTokenCommand implements Runnable {
    @Mixin
    private StoreOptions options = new StoreOptions();

    @Override
    public void run() {
        // The final checkpoint is useless on a terminal: the server's next checkpoint covers it too.
        Logging.quiet();
        Storage storage = options.storage("admin-token");
        DataDirectory files = storage.files();
        storage.requireDatabase();
        try (Service service = Service.open(storage, URI.create("http://localhost"))) {
            String token = service.panocrypt().members().replaceAdministratorToken();
            files.writeAdministratorToken(token);
            System.out.println(token);
            System.err.println("also in " + files.administratorTokenFile() + "; the old token has ended");
        }
    }
}
