package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code outbox}: notices that wait, dead letters, and closed contacts. */
@Command(
        name = "outbox",
        description = "Notices that wait, and dead letters: notices that were given up.",
        subcommands = {
            OutboxCommand.Status.class,
            OutboxCommand.Failing.class,
            OutboxCommand.Index.class,
            OutboxCommand.Retry.class,
            OutboxCommand.Drop.class,
            OutboxCommand.Closed.class,
            OutboxCommand.Reopen.class
        })
final class OutboxCommand extends CommandGroup {
    private static final String COLLECTION = "outbox";
    private static final String CLOSED = "closed-contacts";
    private static final String WAITING = "waiting";

    @Command(
            name = "status",
            description = "How far notices lag behind, and how many are dead letters: notices that were given up.")
    static final class Status extends ServerCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.get(ApiClient.path(COLLECTION), WAITING),
                    status -> new Facts()
                            .row("waiting", cell(status.path(WAITING)))
                            .row("lag in seconds", cell(status.path("lagSeconds")))
                            .row("dead letters", dead(status))
                            .print(out()));
        }
    }

    /** The number, and what it means where there is something to do. */
    private static String dead(JsonNode status) {
        String dead = cell(status.path("dead"));
        return status.path("dead").asLong() > 0 ? dead + " (notices that were given up; see 'outbox list')" : dead;
    }

    @Command(name = "failing", description = "List contacts that fail at the moment and are tried again by this node.")
    static final class Failing extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer answer = api.items(ApiClient.path(COLLECTION, "failing"));
            print(answer, contacts -> {
                TextTable table = new TextTable(cut("CONTACT"), cut("CAUSE"), whole("SINCE"));
                for (JsonNode contact : contacts.path("items")) {
                    table.row(cell(contact.path("contact")), cell(contact.path("cause")), time(contact.path("since")));
                }
                printTable(table);
            });
            if (answer.items().isEmpty()) {
                noteWaiting(
                        this,
                        api,
                        ", and none has failed on this node since it started: not tried yet, or by another node");
            }
        }
    }

    /** Prints how many notices wait, if any: an empty list must not suggest that all were delivered. */
    private static void noteWaiting(ServerCommand command, ApiClient api, String why) throws CommandFailure {
        if (command.printsJson()) {
            return;
        }
        JsonNode waiting = api.get(ApiClient.path(COLLECTION), WAITING).json().path(WAITING);
        if (waiting.asLong() > 0) {
            command.err().println(cell(waiting) + " waiting" + why);
        }
    }

    private static String shortId(JsonNode object) {
        String id = cell(object.path("id"));
        return id.substring(0, Math.min(id.length(), Lookup.SHORT_HASH));
    }

    @Command(
            name = "list",
            description = "List dead letters: notices that were given up, as the receiver refused them or all attempts"
                    + " failed.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(COLLECTION, "dead-letters"), Map.of(), Integer.MAX_VALUE), letters -> {
                TextTable table = new TextTable(
                        whole("ID"),
                        cut("EVENT"),
                        cut("CONTACT"),
                        wide("TRIED"),
                        cut("CAUSE"),
                        wide("SINCE"),
                        wide("FULL ID"));
                for (JsonNode letter : letters.path("items")) {
                    table.row(
                            shortId(letter),
                            cell(letter.path("event")),
                            cell(letter.path("contact")),
                            cell(letter.path("attempts")),
                            cell(letter.path("cause")),
                            time(letter.path("died")),
                            cell(letter.path("id")));
                }
                printTable(table);
            });
            noteWaiting(this, api, " and not given up; 'outbox failing' shows why they wait");
        }
    }

    @Command(name = "retry", description = "Try to deliver a dead letter again.")
    static final class Retry extends ServerCommand {
        @Parameters(paramLabel = "NOTICE", description = "Its id, or the id's first 10 characters or more.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String notice = Lookup.deadLetter(api, id);
            print(
                    api.act(
                            ApiClient.path(COLLECTION, "retry"),
                            ApiClient.object().put("id", notice)),
                    nothing -> new Facts().row(id, "waits again").print(out()));
        }
    }

    @Command(name = "drop", description = "Remove a dead letter: it is never delivered.")
    static final class Drop extends ServerCommand {
        @Parameters(paramLabel = "NOTICE", description = "Its id, or the id's first 10 characters or more.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String notice = Lookup.deadLetter(api, id);
            print(
                    api.act(
                            ApiClient.path(COLLECTION, "drop"),
                            ApiClient.object().put("id", notice)),
                    nothing -> new Facts().row(id, "dropped").print(out()));
        }
    }

    @Command(name = "closed", description = "List contacts that said that they exist no more: nothing is sent there.")
    static final class Closed extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(CLOSED), Map.of(), Integer.MAX_VALUE), contacts -> {
                TextTable table =
                        new TextTable(whole("ID"), cut("CONTACT"), cut("CAUSE"), whole("SINCE"), wide("FULL ID"));
                for (JsonNode contact : contacts.path("items")) {
                    table.row(
                            shortId(contact),
                            cell(contact.path("contact")),
                            cell(contact.path("cause")),
                            time(contact.path("since")),
                            cell(contact.path("id")));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "reopen", description = "Send to a closed contact again.")
    static final class Reopen extends ServerCommand {
        @Parameters(paramLabel = "CONTACT", description = "Its id, or the id's first 10 characters or more.")
        private String id = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(ApiClient.path(CLOSED, Lookup.closedContact(api, id))),
                    nothing -> new Facts().row(id, "open again").print(out()));
        }
    }
}
