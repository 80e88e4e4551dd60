package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockdown}: the incident switch. */
@Command(
        name = "lockdown",
        description = "The incident switch: refuse all devices, or all with given tags.",
        subcommands = {
            LockdownCommand.Start.class,
            LockdownCommand.Index.class,
            LockdownCommand.Show.class,
            LockdownCommand.Lift.class
        })
final class LockdownCommand extends CommandGroup {
    private static final String COLLECTION = "lockdowns";

    private static TextTable table(Iterable<JsonNode> lockdowns) {
        TextTable table = new TextTable(whole("ID"), wide("CREATED"), cut("DEVICES"), cut("REASON"));
        for (JsonNode lockdown : lockdowns) {
            JsonNode tags = lockdown.path("tags");
            table.row(
                    cell(lockdown.path("id")),
                    time(lockdown.path("created")),
                    tags.isEmpty() ? "all" : cell(tags),
                    cell(lockdown.path("reason")));
        }
        return table;
    }

    @Command(name = "start", description = "Refuse all devices, or those that have all the tags. Cancels allowances.")
    static final class Start extends TableCommand {
        @Option(names = "--tag", paramLabel = "TAG", description = "Only devices with this tag; repeatable.")
        private List<String> tags = List.of();

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for other operators.")
        private String reason = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object();
            body.set("tags", ApiClient.array(tags));
            body.put("reason", reason);
            print(api.post(ApiClient.path(COLLECTION), body), started -> printTable(table(List.of(started))));
        }
    }

    @Command(name = "list", description = "List the lockdowns that hold.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE),
                    answer -> printTable(table(answer.path("items"))));
        }
    }

    @Command(name = "show", description = "Show a lockdown.")
    static final class Show extends TableCommand {
        @Parameters(paramLabel = "LOCKDOWN", description = "Its id.")
        private String lockdown = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.get(ApiClient.path(COLLECTION, lockdown)), found -> printTable(table(List.of(found))));
        }
    }

    @Command(name = "lift", description = "End a lockdown. What it cancelled stays cancelled.")
    static final class Lift extends ServerCommand {
        @Parameters(paramLabel = "LOCKDOWN", description = "Its id.")
        private String lockdown = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(ApiClient.path(COLLECTION, lockdown)),
                    nothing -> new Facts().row(lockdown, "lifted").print(out()));
        }
    }
}
