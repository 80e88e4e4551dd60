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
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.Names;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code request}: devices that wait for an approval. */
@Command(
        name = "request",
        description = "Devices that wait for a human to approve their unlock.",
        subcommands = {
            RequestCommand.Index.class,
            RequestCommand.Show.class,
            RequestCommand.Approve.class,
            RequestCommand.Deny.class,
            RequestCommand.Defer.class
        })
final class RequestCommand extends CommandGroup {
    private static final String COLLECTION = "requests";

    private static final String ALL = "all";

    @Command(name = "list", description = "List the requests that wait, newest last.")
    static final class Index extends TableCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "pending",
                description = "pending, approved, collected, denied, expired or all (default: ${DEFAULT-VALUE}).",
                completionCandidates = FixedValues.RequestStates.class)
        private String state = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            Map<String, String> query = state.equalsIgnoreCase(ALL) ? Map.of() : Map.of("state", state);
            ApiAnswer answer = api.list(ApiClient.path(COLLECTION), query, Integer.MAX_VALUE);
            Names devices = new Names(api, "devices");
            if (!printsJson()) {
                for (JsonNode request : answer.items()) {
                    devices.learn(request.path("deviceId"));
                }
            }
            print(answer, requests -> printRequests(requests, devices));
        }

        private void printRequests(JsonNode requests, Names devices) {
            TextTable table = new TextTable(
                    whole("ID"),
                    cut("DEVICE"),
                    cut("SOURCE"),
                    whole("STATE"),
                    whole("SINCE"),
                    whole("NOTE"),
                    wide("LAST SEEN"),
                    wide("ATTEMPTS"),
                    wide("USES"),
                    wide("FULL ID"));
            for (JsonNode request : requests.path("items")) {
                table.row(
                        shortId(request),
                        devices.of(request.path("deviceId")),
                        cell(request.path("source")),
                        cell(request.path("state")),
                        time(request.path("since")),
                        request.path("askedAgain").asBoolean() ? "asked again" : "",
                        time(request.path("lastSeen")),
                        cell(request.path("attempts")),
                        cell(request.path("uses")),
                        cell(request.path("id")));
            }
            printTable(table);
        }
    }

    private static String shortId(JsonNode request) {
        String id = cell(request.path("id"));
        return id.substring(Math.max(0, id.length() - Lookup.SHORT_ID));
    }

    /** A command on one request. */
    private abstract static class Act extends TableCommand {
        @Parameters(paramLabel = "REQUEST", description = "Its id, or the id's last 6 characters or more.")
        private String request = "";

        final String path(ApiClient api, String... verb) throws CommandFailure {
            return ApiClient.path(COLLECTION, Lookup.request(api, request)) + ApiClient.path(verb);
        }

        final void printOne(ApiClient api, ApiAnswer answer) throws CommandFailure {
            Names devices = new Names(api, "devices");
            Names members = new Names(api, "members");
            if (!printsJson()) {
                devices.learn(answer.json().path("deviceId"));
                members.learn(answer.json().path("approvers"));
                for (JsonNode decision : answer.json().path("decisions")) {
                    members.learn(decision.path("member"));
                }
            }
            print(answer, found -> printAll(found, devices, members));
        }

        private void printAll(JsonNode found, Names devices, Names members) {
            new Facts()
                    .row("id", cell(found.path("id")))
                    .row("device", devices.of(found.path("deviceId")))
                    .row("source", cell(found.path("source")))
                    .row("state", cell(found.path("state")))
                    .row("since", cell(found.path("since")))
                    .row("last seen", cell(found.path("lastSeen")))
                    .row("attempts", cell(found.path("attempts")))
                    .row("uses", cell(found.path("uses")))
                    .row(
                            "asked again",
                            found.path("askedAgain").asBoolean() ? "yes: somebody else may have collected" : "no")
                    .row("approvers", members.of(found.path("approvers")))
                    .row("collected", cell(found.path("collected")))
                    .row("window ends", cell(found.path("windowEnd")))
                    .print(out());
            if (found.path("decisions").isEmpty()) {
                return;
            }
            out().println();
            TextTable decisions = new TextTable(whole("TIME"), cut("MEMBER"), whole("VERDICT"), cut("COMMENT"));
            for (JsonNode decision : found.path("decisions")) {
                decisions.row(
                        time(decision.path("time")),
                        members.of(decision.path("member")),
                        cell(decision.path("verdict")),
                        cell(decision.path("comment")));
            }
            printTable(decisions);
        }
    }

    @Command(name = "show", description = "Show a request, who may decide and who has.")
    static final class Show extends Act {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            printOne(api, api.get(path(api)));
        }
    }

    /** A decision on a request. Only an effective approver may make it. */
    private abstract static class Decision extends Act {
        private final String verb;

        @Option(names = "--comment", paramLabel = "TEXT", description = "Why; kept with the decision.")
        private @Nullable String comment;

        Decision(String verb) {
            this.verb = verb;
        }

        @Override
        protected final void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object();
            if (comment != null) {
                body.put("comment", comment);
            }
            writeTo(body);
            printOne(api, api.post(path(api, verb), body));
        }

        /** Adds the members of this decision to the request body. */
        void writeTo(ObjectNode body) {}
    }

    @Command(name = "approve", description = "Approve: the device may unlock from that source until the window ends.")
    static final class Approve extends Decision {
        @Option(
                names = "--source",
                paramLabel = "ADDRESS",
                description = "A further source of the same device that waits too; repeatable.")
        private @Nullable List<String> sources;

        Approve() {
            super("approve");
        }

        @Override
        void writeTo(ObjectNode body) {
            if (sources != null) {
                body.set("sources", ApiClient.array(sources));
            }
        }
    }

    @Command(
            name = "deny",
            description = "Deny, or withdraw an approval that is not collected. Refuses that source for a while.")
    static final class Deny extends Decision {
        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                description = "device: refuse it from everywhere, and cancel its allowances and approvals.")
        private @Nullable String scope;

        Deny() {
            super("deny");
        }

        @Override
        void writeTo(ObjectNode body) {
            if (scope != null) {
                body.put("scope", scope);
            }
        }
    }

    @Command(name = "defer", description = "Not now: leave it pending.")
    static final class Defer extends Decision {
        Defer() {
            super("defer");
        }
    }
}
