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

/** {@code user-group}: named sets of members. */
@Command(
        name = "user-group",
        description = "Named sets of members, to be named as approvers.",
        subcommands = {
            UserGroupCommand.Add.class,
            UserGroupCommand.Index.class,
            UserGroupCommand.Show.class,
            UserGroupCommand.Edit.class,
            UserGroupCommand.Remove.class
        })
final class UserGroupCommand extends CommandGroup {
    private static final String COLLECTION = "user-groups";

    /** Shared by the subcommands. */
    private abstract static class Act extends ServerCommand {
        final void printOne(ApiClient api, ApiAnswer answer) throws CommandFailure {
            Names names = new Names(api, "members");
            if (!printsJson()) {
                names.learn(answer.json().path("members"));
            }
            print(
                    answer,
                    group -> new Facts()
                            .row("id", cell(group.path("id")))
                            .row("name", cell(group.path("name")))
                            .row("members", names.of(group.path("members")))
                            .row("version", cell(group.path("version")))
                            .print(out()));
        }
    }

    @Command(name = "add", description = "Make a user group.")
    static final class Add extends Act {
        @Parameters(paramLabel = "NAME", description = "Its name, 1 to 63 of a-z 0-9 . -")
        private String name = "";

        @Option(names = "--member", paramLabel = "MEMBER", description = "A member, id or name; repeatable.")
        private List<String> members = List.of();

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("name", name);
            body.set("members", ApiClient.array(Lookup.members(api).ids(members)));
            printOne(api, api.post(ApiClient.path(COLLECTION), body));
        }
    }

    @Command(name = "list", description = "List user groups.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer answer = api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE);
            Names names = new Names(api, "members");
            if (!printsJson()) {
                for (JsonNode group : answer.items()) {
                    names.learn(group.path("members"));
                }
            }
            print(answer, groups -> {
                TextTable table = new TextTable(wide("ID"), cut("NAME"), cut("MEMBERS"));
                for (JsonNode group : groups.path("items")) {
                    table.row(cell(group.path("id")), cell(group.path("name")), names.of(group.path("members")));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "show", description = "Show a user group.")
    static final class Show extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            printOne(api, Lookup.userGroups(api).one(group));
        }
    }

    @Command(
            name = "edit",
            description = "Change a user group, at once wherever it is an approver. --member replaces all there were.")
    static final class Edit extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Option(names = "--name", paramLabel = "NAME", description = "Its new name.")
        private @Nullable String name;

        @Option(names = "--member", paramLabel = "MEMBER", description = "A member, id or name; repeatable.")
        private @Nullable List<String> members;

        @Option(names = "--no-members", description = "Remove all members from the group.")
        private boolean noMembers;

        @Option(names = "--confirm", description = "Do it even if it leaves nobody who can approve devices.")
        private boolean confirm;

        @Override
        protected void checkOptions() throws CommandFailure {
            if (noMembers && members != null) {
                throw CommandFailure.usage("--no-members goes without --member");
            }
            members = noMembers ? List.of() : members;
            if (name == null && members == null) {
                throw CommandFailure.usage("nothing to change");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer before = Lookup.userGroups(api).one(group);
            ObjectNode body = ApiClient.object();
            if (name != null) {
                body.put("name", name);
            }
            if (members != null) {
                body.set("members", ApiClient.array(Lookup.members(api).ids(members)));
            }
            if (confirm) {
                body.put("confirm", true);
            }
            printOne(api, api.patch(ApiClient.path(COLLECTION, before.id()), before.text("version"), body));
        }
    }

    @Command(name = "remove", description = "Remove a user group. Where it was an approver, its members no longer are.")
    static final class Remove extends Act {
        @Parameters(paramLabel = "GROUP", description = "Its id or name.")
        private String group = "";

        @Option(names = "--confirm", description = "Do it even if it leaves nobody who can approve devices.")
        private boolean confirm;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String path =
                    ApiClient.path(COLLECTION, Lookup.userGroups(api).one(group).id());
            print(
                    api.delete(confirm ? path + "?confirm=true" : path),
                    nothing -> new Facts().row(group, "removed").print(out()));
        }
    }
}
