package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.DeviceOptions;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code key}: enrollment keys, which machines use to become devices, and the keys of many devices. */
@Command(
        name = "key",
        description = "Enrollment keys, with which machines become devices; and the keys of many devices.",
        subcommands = {
            KeyCommand.Add.class,
            KeyCommand.Index.class,
            KeyCommand.Show.class,
            KeyCommand.Remove.class,
            KeyCommand.Revoke.class,
            KeyImport.class,
            KeyReportCommand.class,
            KeyJobCommands.Rotate.class,
            KeyJobCommands.DestroyUnused.class,
            KeyJobCommands.Index.class,
            KeyJobCommands.Show.class,
            KeyJobCommands.Cancel.class
        })
final class KeyCommand extends CommandGroup {
    private static final String COLLECTION = "enrollment-keys";

    private static void printOne(JsonNode key, PrintWriter out) {
        new Facts()
                .row("id", cell(key.path("id")))
                .row("name", cell(key.path("name")))
                .row("uses left", cell(key.path("usesLeft")) + " of " + cell(key.path("uses")))
                .row("created", cell(key.path("created")))
                .row("expires", cell(key.path("expires")))
                .row("initial state", cell(key.path("initialState")))
                .row("tags", cell(key.path("tags")))
                .row("sources", sources(key))
                .row("lists", cell(key.path("networkAccessLists")))
                .row("approval", key.path("requireApproval").asBoolean() ? "required" : "as approval groups decide")
                .row("open sources", key.path("acknowledgeOpen").asBoolean() ? "acknowledged" : "not acknowledged")
                .row("volumes", cell(key.path("volumes")))
                .row("notes", cell(key.path("notes")))
                .row("curve", cell(key.path("curve")))
                .print(out);
    }

    private static String sources(JsonNode key) {
        String sources = cell(key.path("sources"));
        return key.path("registerSource").asBoolean() ? (sources + " +the caller's").strip() : sources;
    }

    @Command(
            name = "add",
            description =
                    "Make a key; what is said of devices goes to each one that it enrols. Prints the secret, which is"
                            + " shown this once, and nothing else.")
    static final class Add extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "A name, 1 to 63 of a-z 0-9 . -")
        private String name = "";

        @Mixin
        private DeviceOptions device = new DeviceOptions();

        @Option(names = "--uses", paramLabel = "N", description = "How many devices it enrols (default: 1).")
        private @Nullable Integer uses;

        @Option(
                names = "--expires-in",
                paramLabel = "DURATION",
                description = "How long it lasts, such as 7d (default: 24h).")
        private @Nullable Duration expiresIn;

        @Option(names = "--register-source", description = "The address that a machine calls from becomes its source.")
        private boolean registerSource;

        @Option(names = "--pending", description = "What it enrols waits for: device confirm.")
        private boolean pending;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("name", name);
            device.writeTo(body, Lookup.lists(api));
            if (uses != null) {
                body.put("uses", uses);
            }
            if (expiresIn != null) {
                body.put("expiresIn", expiresIn.toString());
            }
            if (registerSource) {
                body.put("registerSource", true);
            }
            if (pending) {
                body.put("initialState", "pending");
            }
            ApiAnswer made = api.post(ApiClient.path(COLLECTION), body);
            printSecret(
                    made,
                    "secret",
                    "enrollment key " + cell(made.json().path("name")) + ", id " + made.id() + ", uses "
                            + cell(made.json().path("uses")) + ", expires "
                            + cell(made.json().path("expires")),
                    "This secret is not shown again.");
        }
    }

    @Command(name = "list", description = "List keys; spent and expired ones too, until they are removed.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE), answer -> {
                TextTable table = new TextTable(
                        wide("ID"),
                        cut("NAME"),
                        whole("USES LEFT"),
                        whole("EXPIRES"),
                        whole("NEW DEVICES"),
                        wide("TAGS"),
                        wide("SOURCES"));
                for (JsonNode key : answer.path("items")) {
                    table.row(
                            cell(key.path("id")),
                            cell(key.path("name")),
                            cell(key.path("usesLeft")),
                            time(key.path("expires")),
                            cell(key.path("initialState")),
                            cell(key.path("tags")),
                            sources(key));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "show", description = "Show a key, without its secret.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "KEY", description = "Its id or name.")
        private String key = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(Lookup.enrollmentKeys(api).one(key), found -> printOne(found, out()));
        }
    }

    @Command(name = "remove", description = "Remove a key: it enrols nothing more. What it has enrolled stays.")
    static class Remove extends ServerCommand {
        @Parameters(paramLabel = "KEY", description = "Its id or name.")
        private String key = "";

        @Override
        protected final void ask(ApiClient api) throws CommandFailure {
            String id = Lookup.enrollmentKeys(api).one(key).id();
            print(
                    api.delete(ApiClient.path(COLLECTION, id)),
                    nothing -> new Facts().row(key, "removed").print(out()));
        }
    }

    /** The command's old name, kept for scripts. */
    @Command(name = "revoke", hidden = true)
    static final class Revoke extends Remove {}
}
