package io.panocrypt.standalone;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the state is. */
final class StoreOptions {
    @Option(names = "--data", paramLabel = "DIR", description = "Directory of the state (default: ./panocrypt-data).")
    private Path data = Path.of("panocrypt-data");

    @Option(
            names = "--master-key-file",
            paramLabel = "F",
            description = "The master key (default: DIR/master-key); keep it apart from the state and its backups.")
    private @Nullable Path masterKeyFile;

    @Option(names = "--jdbc-url", paramLabel = "URL", description = "Another database than SQLite in DIR.")
    private @Nullable String jdbcUrl;

    @Option(names = "--jdbc-user", paramLabel = "U", hidden = true)
    private @Nullable String jdbcUser;

    @Option(names = "--config", paramLabel = "F", description = "Properties file with defaults for options.")
    private @Nullable Path config;

    DataDirectory directory() {
        if (jdbcUrl != null || jdbcUser != null) {
            throw StartupException.usage(
                    List.of("--jdbc-url: only the embedded SQLite store is supported by this release"));
        }
        return new DataDirectory(data, Optional.ofNullable(masterKeyFile).orElse(data.resolve("master-key")));
    }

    static StoreOptions in(Path data) {
        StoreOptions options = new StoreOptions();
        options.data = data;
        return options;
    }
}
