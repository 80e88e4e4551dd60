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
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.FixedValues;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code webhook}: programs that receive notices of events. */
@Command(
        name = "webhook",
        description = "Programs that are notified of events.",
        subcommands = {
            WebhookCommand.Add.class,
            WebhookCommand.Index.class,
            WebhookCommand.Show.class,
            WebhookCommand.Edit.class,
            WebhookCommand.Secret.class,
            WebhookCommand.Test.class,
            WebhookCommand.Remove.class
        })
final class WebhookCommand extends CommandGroup {
    private static final String COLLECTION = "webhooks";

    private static ObjectNode body(@Nullable String url, @Nullable List<String> events) {
        ObjectNode body = ApiClient.object();
        if (url != null) {
            body.put("url", url);
        }
        if (events != null) {
            body.set("events", ApiClient.array(events));
        }
        return body;
    }

    @Command(name = "add", description = "Notify a program of events. Prints the secret that signs, once.")
    static final class Add extends ServerCommand {
        @Parameters(paramLabel = "URL", description = "Where notices are posted.")
        private String url = "";

        @Option(
                names = "--event",
                paramLabel = "EVENT",
                description = "Only this event; repeatable (default: all).",
                completionCandidates = FixedValues.Events.class)
        private @Nullable List<String> events;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer made = api.post(ApiClient.path(COLLECTION), body(url, events));
            printSecret(
                    made,
                    "secret",
                    "webhook id " + made.id(),
                    "The secret signs what is posted to " + url + ". It is not shown again.");
        }
    }

    @Command(
            name = "list",
            description =
                    "List webhooks. DEAD counts dead letters: notices to it that were given up, see 'outbox list'.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE), webhooks -> {
                TextTable table = new TextTable(
                        whole("ID"), cut("URL"), cut("EVENTS"), whole("STATE"), whole("DEAD"), wide("LAST FAILURE"));
                for (JsonNode webhook : webhooks.path("items")) {
                    table.row(
                            cell(webhook.path("id")),
                            cell(webhook.path("url")),
                            events(webhook),
                            state(webhook),
                            cell(webhook.path("dead").path("count")),
                            lastFailure(webhook));
                }
                printTable(table);
            });
        }
    }

    private static String events(JsonNode webhook) {
        return webhook.path("events").isEmpty() ? "all" : cell(webhook.path("events"));
    }

    private static String state(JsonNode webhook) {
        return webhook.path("closed").asBoolean() ? "closed" : "open";
    }

    private static String lastFailure(JsonNode webhook) {
        JsonNode dead = webhook.path("dead");
        return (time(dead.path("died")) + " " + cell(dead.path("cause"))).strip();
    }

    @Command(
            name = "show",
            description = "Show a webhook. Dead letters are notices to it that were given up, see 'outbox list'.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "WEBHOOK", description = "Its id.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.get(ApiClient.path(COLLECTION, id)),
                    webhook -> new Facts()
                            .row("id", cell(webhook.path("id")))
                            .row("url", cell(webhook.path("url")))
                            .row("events", events(webhook))
                            .row("state", state(webhook))
                            .row("dead letters", cell(webhook.path("dead").path("count")))
                            .row("last failure", lastFailure(webhook))
                            .row("created", cell(webhook.path("created")))
                            .print(out()));
        }
    }

    @Command(name = "edit", description = "Change a webhook, which keeps its secret. --event replaces all there were.")
    static final class Edit extends ServerCommand {
        @Parameters(paramLabel = "WEBHOOK", description = "Its id.")
        private String id = "";

        @Option(names = "--target", paramLabel = "URL", description = "Where notices are posted from now on.")
        private @Nullable String url;

        @Option(
                names = "--event",
                paramLabel = "EVENT",
                description = "Only this event; repeatable.",
                completionCandidates = FixedValues.Events.class)
        private @Nullable List<String> events;

        @Option(names = "--all-events", description = "All events.")
        private boolean allEvents;

        @Override
        protected void checkOptions() throws CommandFailure {
            if (allEvents && events != null) {
                throw CommandFailure.usage("--all-events goes without --event");
            }
            events = allEvents ? List.of() : events;
            if (url == null && events == null) {
                throw CommandFailure.usage("nothing to change");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String version = api.get(ApiClient.path(COLLECTION, id)).text("version");
            print(
                    api.patch(ApiClient.path(COLLECTION, id), version, body(url, events)),
                    edited -> new Facts().row(id, "changed").print(out()));
        }
    }

    @Command(name = "secret", description = "Give a webhook another secret and print it; the old one ends at once.")
    static final class Secret extends ServerCommand {
        @Parameters(paramLabel = "WEBHOOK", description = "Its id.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            printSecret(
                    api.post(ApiClient.path(COLLECTION, id, "secret"), ApiClient.object()),
                    "secret",
                    "The old secret of " + id + " has ended. The new one is not shown again.");
        }
    }

    @Command(name = "test", description = "Send a notice that says that it is a test. " + TestResult.EXIT)
    static final class Test extends ServerCommand {
        @Parameters(paramLabel = "WEBHOOK", description = "Its id.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            TestResult.print(
                    this, api.post(ApiClient.path(COLLECTION, id, "test"), ApiClient.object(), TestResult.MEMBER));
        }
    }

    @Command(name = "remove", description = "Tell it nothing any more.")
    static final class Remove extends ServerCommand {
        @Parameters(paramLabel = "WEBHOOK", description = "Its id.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(ApiClient.path(COLLECTION, id)),
                    nothing -> new Facts().row(id, "removed").print(out()));
        }
    }
}
