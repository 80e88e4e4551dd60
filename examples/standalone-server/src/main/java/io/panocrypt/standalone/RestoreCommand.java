package io.panocrypt.standalone;

import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.storage.SealedBackup;
import io.panocrypt.standalone.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Restores a backup into an empty store, which is fenced afterwards. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Restores a backup into an empty store, in DIR or on PostgreSQL.",
            "Allowances, approvals and requests that were open are cancelled. The restored store answers no machine until"
                    + " an administrator has lifted its fence: see 'fence show'.",
            "A restore that was interrupted is completed by the same command."
        },
        footer = {
            "",
            "Exit codes: 0 restored, 1 refused or failed, 2 wrong usage, 4 the backup is not good; nothing was changed."
        })
final class RestoreCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "What backup has written.")
    private Path file = Path.of("");

    @Mixin
    private StoreOptions options = new StoreOptions();

    @Override
    public void run() {
        Logging.quiet();
        Storage storage = options.storage("restore");
        try (SealedBackup opened = SealedBackup.open(file, storage.files().existingMasterKeys())) {
            if (!opened.isHistoryIntact()) {
                System.err.println("warning: the history in the backup is not intact; 'backup verify' says where");
            }
            opened.restore(storage);
            System.out.println("restored the backup of " + opened.time());
            List.of(
                            "no machine is answered until the fence is lifted:",
                            "  1. start the server with this store and this master key",
                            "  2. 'panocrypt admin-token' replaces the administrator's token",
                            "  3. 'panocrypt fence show' says how old the store is; revoke again what was revoked since",
                            "  4. 'panocrypt fence lift --confirm " + opened.id() + "'")
                    .forEach(System.err::println);
        } catch (IOException e) {
            throw new StartupException("cannot restore " + file + ": " + StartupException.words(e), e);
        }
    }
}
