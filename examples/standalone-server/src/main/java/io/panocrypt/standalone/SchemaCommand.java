package io.panocrypt.standalone;

import io.panocrypt.policy.store.jdbc.Dialect;
import io.panocrypt.policy.store.jdbc.JdbcStore;
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

    @Override
    public void run() {
        System.out.print(JdbcStore.schema(dialect));
    }
}
