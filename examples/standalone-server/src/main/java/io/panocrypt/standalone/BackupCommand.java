package io.panocrypt.standalone;

import io.panocrypt.policy.model.Actor;
import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.NewFile;
import io.panocrypt.standalone.storage.Service;
import io.panocrypt.standalone.storage.Storage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a backup on the host, beside the running server or without it. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = {
            "Writes all of a site into one new file, sealed under the master key.",
            "The server may run meanwhile. The file does not hold the master key, and nothing else opens it:",
            "keep a copy of the master key in another place."
        },
        subcommands = BackupVerifyCommand.class)
final class BackupCommand implements Runnable {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Must not exist yet; gets mode 0600.")
    private @Nullable Path file;

    @Mixin
    private StoreOptions options = new StoreOptions();

    @Override
    public void run() {
        Path target = file;
        if (target == null) {
            throw StartupException.usage(List.of("backup needs a FILE"));
        }
        // The final checkpoint is useless on a terminal: the server's next checkpoint covers it too.
        Logging.quiet();
        Storage storage = options.storage("backup");
        storage.requireDatabase();
        try (NewFile written = NewFile.beside(target);
                Service service = Service.open(storage, URI.create("http://localhost"))) {
            service.panocrypt().backups().write(Actor.HOST, written.out());
            written.finish();
            System.out.println(target);
            System.err.println("only the master key " + storage.files().masterKeyFile()
                    + " opens it: keep a copy of that in another place");
        } catch (IOException e) {
            throw new StartupException("cannot write " + target + ": " + StartupException.words(e), e);
        }
    }
}
