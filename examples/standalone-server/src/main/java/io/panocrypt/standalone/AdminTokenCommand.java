package io.panocrypt.standalone;

import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Recovery by whoever has a shell on the host: a fresh administrator token, while the server runs or not. */
@Command(
        name = "admin-token",
        mixinStandardHelpOptions = true,
        description = "Replaces the administrator's token; prints the new one.")
final class AdminTokenCommand implements Runnable {
    @Mixin
    private StoreOptions options = new StoreOptions();

    @Override
    public void run() {
        // The checkpoint that a service logs when it ends proves nothing on a terminal: the server's next one signs it
        // too.
        Logging.quiet();
        Storage storage = options.storage("admin-token");
        DataDirectory files = storage.files();
        if (storage.login().isEmpty() && !Files.exists(files.databaseFile())) {
            throw StartupException.usage(List.of("no server has kept its state in " + files.directory() + " yet"));
        }
        try (Service service = Service.open(storage, URI.create("http://localhost"))) {
            String token = service.panocrypt().members().replaceAdministratorToken();
            files.writeAdministratorToken(token);
            System.out.println(token);
            System.err.println("also in " + files.administratorTokenFile() + "; the old token has ended");
        }
    }
}
