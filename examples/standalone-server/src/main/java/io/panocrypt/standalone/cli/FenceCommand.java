package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.time;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Names;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fence}: what keeps machines away from a restored store. */
@Command(
        name = "fence",
        description = "What keeps machines away from a store that was restored from a backup.",
        subcommands = {FenceCommand.Show.class, FenceCommand.Lift.class})
final class FenceCommand extends CommandGroup {
    private static final String PATH = ApiClient.path("fence");

    @Command(
            name = "show",
            description = {
                "Show how old the restored store is, and what the restore has cancelled.",
                "With a log or a history of the site from before, also what happened after the backup."
            })
    static final class Show extends ServerCommand {
        @Option(
                names = "--checkpoints",
                paramLabel = "LOG",
                description =
                        "A copy of the site's log: how far the history once went, by its signed checkpoint lines.")
        private @Nullable Path log;

        @Option(
                names = "--history",
                paramLabel = "FILE",
                description = "A later export of the history: what operators did after the backup.")
        private @Nullable Path history;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer fence = api.get(PATH);
            Names devices = new Names(api, "devices");
            if (!printsJson()) {
                for (JsonNode grant : fence.json().path("grants")) {
                    devices.learn(cell(grant.path("device")));
                }
            }
            print(fence, found -> print(found, devices));
            if (log != null) {
                printLines(new SinceBackup(fence.json()).checkpoints(log));
            }
            if (history != null) {
                printLines(new SinceBackup(fence.json()).edits(history));
            }
        }

        /** Beside JSON, which must stay one value, they are notes. */
        private void printLines(List<String> lines) {
            lines.stream().map(TextTable::plain).forEach(printsJson() ? err()::println : out()::println);
        }

        private void print(JsonNode fence, Names devices) {
            Facts facts = new Facts()
                    .row("backup", cell(fence.path("id")))
                    .row("taken", time(fence.path("backupTime")))
                    .row("restored", time(fence.path("restored")));
            for (JsonNode head : fence.path("heads")) {
                facts.row("history of " + cell(head.path("chain")), "up to entry " + cell(head.path("sequence")));
            }
            facts.row(
                    "cancelled",
                    cell(fence.path("openGrants")) + " allowances and approvals, " + cell(fence.path("openRequests"))
                            + " requests");
            for (JsonNode grant : fence.path("grants")) {
                facts.row(
                        "was open",
                        devices.of(cell(grant.path("device"))) + ", " + cell(grant.path("usesLeft")) + " uses, until "
                                + time(grant.path("expires")));
            }
            facts.print(out());
        }
    }

    @Command(name = "lift", description = "Let machines be answered by what the backup says.")
    static final class Lift extends ServerCommand {
        @Option(
                names = "--confirm",
                paramLabel = "BACKUP",
                required = true,
                description = "The id of the backup, as fence show prints it.")
        private String confirm = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(PATH, ApiClient.object().put("confirm", confirm)),
                    nothing -> new Facts()
                            .row(confirm, "lifted; machines are answered")
                            .print(out()));
        }
    }
}
