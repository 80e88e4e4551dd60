package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code list}: network access lists, which devices share. */
@Command(
        name = "list",
        description = "Network access lists: address blocks that devices share.",
        subcommands = {
            ListCommand.Add.class,
            ListCommand.Index.class,
            ListCommand.Show.class,
            ListCommand.Edit.class,
            ListCommand.Remove.class,
            ListCommand.Delete.class
        })
final class ListCommand extends CommandGroup {
    private static final String COLLECTION = "network-access-lists";

    private static void printOne(JsonNode list, PrintWriter out) {
        new Facts()
                .row("id", cell(list.path("id")))
                .row("name", cell(list.path("name")))
                .row("cidrs", cell(list.path("cidrs")))
                .row("open blocks", list.path("acknowledgeOpen").asBoolean() ? "acknowledged" : "not acknowledged")
                .row("version", cell(list.path("version")))
                .print(out);
    }

    @Command(name = "add", description = "Make a list.")
    static final class Add extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Option(names = "--cidr", paramLabel = "CIDR", description = "An address block; repeatable.")
        private List<String> cidrs = List.of();

        @Option(names = "--acknowledge-open", description = "A very wide address block is meant.")
        private boolean acknowledgeOpen;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("name", name);
            body.set("cidrs", ApiClient.array(cidrs));
            if (acknowledgeOpen) {
                body.put("acknowledgeOpen", true);
            }
            print(api.post(ApiClient.path(COLLECTION), body), list -> printOne(list, out()));
        }
    }

    @Command(name = "list", description = "List the lists.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE), answer -> {
                TextTable table = new TextTable(wide("ID"), cut("NAME"), cut("CIDRS"));
                for (JsonNode list : answer.path("items")) {
                    table.row(cell(list.path("id")), cell(list.path("name")), cell(list.path("cidrs")));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "show", description = "Show a list.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "LIST", description = "Its id or name.")
        private String list = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(Lookup.lists(api).one(list), found -> printOne(found, out()));
        }
    }

    @Command(
            name = "edit",
            description = "Change a list, at once for every device that refers to it. --cidr replaces all there were.")
    static final class Edit extends ServerCommand {
        @Parameters(paramLabel = "LIST", description = "Its id or name.")
        private String list = "";

        @Option(names = "--name", paramLabel = "NAME", description = "Its new name.")
        private @Nullable String name;

        @Option(names = "--cidr", paramLabel = "CIDR", description = "An address block; repeatable.")
        private @Nullable List<String> cidrs;

        @Option(names = "--no-cidrs", description = "Remove all address blocks.")
        private boolean noCidrs;

        @Option(names = "--acknowledge-open", negatable = true, description = "A very wide address block is meant.")
        private @Nullable Boolean acknowledgeOpen;

        @Override
        protected void checkOptions() throws CommandFailure {
            if (noCidrs && cidrs != null) {
                throw CommandFailure.usage("--no-cidrs goes without --cidr");
            }
            cidrs = noCidrs ? List.of() : cidrs;
            if (name == null && cidrs == null && acknowledgeOpen == null) {
                throw CommandFailure.usage("nothing to change");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer before = Lookup.lists(api).one(list);
            ObjectNode body = ApiClient.object();
            if (name != null) {
                body.put("name", name);
            }
            if (cidrs != null) {
                body.set("cidrs", ApiClient.array(cidrs));
            }
            if (acknowledgeOpen != null) {
                body.put("acknowledgeOpen", acknowledgeOpen);
            }
            print(
                    api.patch(ApiClient.path(COLLECTION, before.id()), before.text("version"), body),
                    after -> printOne(after, out()));
        }
    }

    @Command(name = "remove", description = "Remove a list that no device refers to.")
    static class Remove extends ServerCommand {
        @Parameters(paramLabel = "LIST", description = "Its id or name.")
        private String list = "";

        @Override
        protected final void ask(ApiClient api) throws CommandFailure {
            String id = Lookup.lists(api).one(list).id();
            print(
                    api.delete(ApiClient.path(COLLECTION, id)),
                    nothing -> new Facts().row(list, "removed").print(out()));
        }
    }

    /** The command's old name, kept for scripts. */
    @Command(name = "delete", hidden = true)
    static final class Delete extends Remove {}
}
