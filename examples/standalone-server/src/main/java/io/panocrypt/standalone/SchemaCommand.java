package io.panocrypt.standalone;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.standalone.common.StartupException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints the tables as SQL, for those who create them by hand. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the SQL that makes an empty database this release's.")
final class SchemaCommand implements Runnable {
    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES}, in either case (default: POSTGRESQL).")
    private Dialect dialect = Dialect.POSTGRESQL;

    @Option(
            names = "--table-prefix",
            paramLabel = "P",
            description = "The names of tables and indexes begin with it (default: panocrypt_).")
    private String tablePrefix = JdbcSettings.DEFAULTS.tablePrefix();

    @Override
    public void run() {
        try {
            System.out.print(JdbcStore.schema(dialect, JdbcSettings.DEFAULTS.withTablePrefix(tablePrefix)));
        } catch (IllegalArgumentException e) {
            throw StartupException.usage(List.of("--table-prefix: " + e.getMessage()));
        }
    }
}
