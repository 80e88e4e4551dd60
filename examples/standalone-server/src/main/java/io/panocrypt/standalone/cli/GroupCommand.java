package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.Names;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code group}: who decides about which devices. */
@Command(
        name = "group",
        description = "Approval groups: who decides about which devices.",
        subcommands = {
            GroupCommand.Add.class,
            GroupCommand.Index.class,
            GroupCommand.Show.class,
            GroupCommand.Edit.class,
            GroupCommand.Remove.class
        })
final class GroupCommand extends CommandGroup {
    private static final String COLLECTION = "approval-groups";

    private static Names names(ApiClient api) {
        return new Names(api, "members", "user-groups");
    }

    /** Shared by the subcommands. */
    private abstract static class Act extends ServerCommand {
        final void printOne(ApiClient api, ApiAnswer answer) throws CommandFailure {
            Names names = names(api);
            if (!printsJson()) {
                names.learn(answer.json().path("approvers"));
            }
            print(
                    answer,
                    group -> new Facts()
                            .row("id", cell(group.path("id")))
                            .row("name", cell(group.path("name")))
                            .row("required tags", cell(group.path("requiredTags")))
                            .row("approvers", names.of(group.path("approvers")))
                            .row("quorum", cell(group.path("quorum")))
                            .row("proof", cell(group.path("proof")))
                            .row("version", cell(group.path("version")))
                            .print(out()));
        }
    }

    @Command(name = "add", description = "Make a group. Every device that has all its tags needs approval at once.")
    static final class Add extends Act {
        @Parameters(paramLabel = "NAME", description = "Its name, 1 to 63 of a-z 0-9 . -")
        private String name = "";

        @Option(names = "--tag", paramLabel = "TAG", required = true, description = "A required tag; repeatable.")
        private List<String> tags = List.of();

        @Option(
                names = "--approver",
                paramLabel = "WHO",
                description = "A member or user group, id or name; repeatable.")
        private List<String> approvers = List.of();

        @Option(
                names = "--quorum",
                paramLabel = "N",
                description =
                        "How many of its approvers must agree; 0: they are asked only if something else asks, such as a rule"
                                + " (default: 1).")
        private @Nullable Integer quorum;

        @Option(
                names = "--proof",
                paramLabel = "PROOF",
                description =
                        "What a vote needs: none, or signed, by a passkey, which this server cannot do yet (default: none).")
        private @Nullable String proof;

        @Option(names = "--confirm", description = "Do it even if it leaves nobody who can approve devices.")
        private boolean confirm;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("name", name);
            body.set("requiredTags", ApiClient.array(tags));
            body.set("approvers", ApiClient.array(Lookup.approvers(api, approvers)));
            if (quorum != null) {
                body.put("quorum", quorum);
            }
            if (proof != null) {
                body.put("proof", proof);
            }
            if (confirm) {
                body.put("confirm", true);
            }
            printOne(api, api.post(ApiClient.path(COLLECTION), body));
        }
    }

    @Command(name = "list", description = "List approval groups.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer answer = api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE);
            Names names = names(api);
            if (!printsJson()) {
                for (JsonNode group : answer.items()) {
                    names.learn(group.path("approvers"));
                }
            }
            print(answer, groups -> {
                TextTable table =
                        new TextTable(wide("ID"), cut("NAME"), cut("REQUIRED TAGS"), whole("QUORUM"), cut("APPROVERS"));
                for (JsonNode group : groups.path("items")) {
                    table.row(
                            cell(group.path("id")),
                            cell(group.path("name")),
                            cell(group.path("requiredTags")),
                            cell(group.path("quorum")),
                            names.of(group.path("approvers")));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "show", description = "Show an approval group.")
    static final class Show extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            printOne(api, Lookup.approvalGroups(api).one(group));
        }
    }

    @Command(
            name = "edit",
            description = "Change a group. Only what you name changes; --tag and --approver replace all there were.")
    static final class Edit extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Option(names = "--name", paramLabel = "NAME", description = "Its new name.")
        private @Nullable String name;

        @Option(names = "--tag", paramLabel = "TAG", description = "A required tag; repeatable.")
        private @Nullable List<String> tags;

        @Option(
                names = "--approver",
                paramLabel = "WHO",
                description = "A member or user group, id or name; repeatable.")
        private @Nullable List<String> approvers;

        @Option(names = "--no-approvers", description = "Remove all approvers: nobody can approve then.")
        private boolean noApprovers;

        @Option(
                names = "--quorum",
                paramLabel = "N",
                description =
                        "How many of its approvers must agree; 0: they are asked only if something else asks, such as a rule.")
        private @Nullable Integer quorum;

        @Option(
                names = "--proof",
                paramLabel = "PROOF",
                description = "What a vote needs: none, or signed, by a passkey, which this server cannot do yet.")
        private @Nullable String proof;

        @Option(
                names = "--confirm",
                description = "Do it even if it takes approval, or all who can give it, away from devices.")
        private boolean confirm;

        @Override
        protected void checkOptions() throws CommandFailure {
            if (noApprovers && approvers != null) {
                throw CommandFailure.usage("--no-approvers goes without --approver");
            }
            approvers = noApprovers ? List.of() : approvers;
            if (name == null && tags == null && approvers == null && quorum == null && proof == null) {
                throw CommandFailure.usage("nothing to change");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer before = Lookup.approvalGroups(api).one(group);
            ObjectNode body = ApiClient.object();
            if (name != null) {
                body.put("name", name);
            }
            if (tags != null) {
                body.set("requiredTags", ApiClient.array(tags));
            }
            if (approvers != null) {
                body.set("approvers", ApiClient.array(Lookup.approvers(api, approvers)));
            }
            if (quorum != null) {
                body.put("quorum", quorum);
            }
            if (proof != null) {
                body.put("proof", proof);
            }
            if (confirm) {
                body.put("confirm", true);
            }
            printOne(api, api.patch(ApiClient.path(COLLECTION, before.id()), before.text("version"), body));
        }
    }

    @Command(name = "remove", description = "Remove a group.")
    static final class Remove extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Option(
                names = "--confirm",
                description = "Do it even if it takes approval, or all who can give it, away from devices.")
        private boolean confirm;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String path = ApiClient.path(
                    COLLECTION, Lookup.approvalGroups(api).one(group).id());
            print(
                    api.delete(confirm ? path + "?confirm=true" : path),
                    nothing -> new Facts().row(group, "removed").print(out()));
        }
    }
}
