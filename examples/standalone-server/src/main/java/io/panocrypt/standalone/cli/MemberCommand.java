package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.CommandGroup;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.FixedValues;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code member}: who operates the service. */
@Command(
        name = "member",
        description = "Who operates the service: administrators, approvers, viewers and service accounts.",
        subcommands = {
            MemberCommand.Add.class,
            MemberCommand.Index.class,
            MemberCommand.Show.class,
            MemberCommand.Edit.class,
            MemberCommand.RotateToken.class,
            MemberCommand.Test.class,
            MemberBrowsers.Index.class,
            MemberBrowsers.Test.class,
            MemberBrowsers.Remove.class,
            MemberCommand.Remove.class
        })
final class MemberCommand extends CommandGroup {
    private static final String COLLECTION = "members";

    private static void printOne(JsonNode member, PrintWriter out) {
        Facts facts = new Facts()
                .row("id", cell(member.path("id")))
                .row("name", cell(member.path("name")))
                .row("role", cell(member.path("role")));
        if (isServiceAccount(member)) {
            facts.row("scopes", scopes(member));
        } else {
            facts.row("contacts", cell(member.path("contacts")));
        }
        if (hasDirectory(member)) {
            facts.row("directory", cell(member.path("directory"))).row("subject", cell(member.path("subject")));
        }
        facts.row("created", cell(member.path("created")))
                .row("token expires", tokenExpires(member))
                .row("version", cell(member.path("version")))
                .print(out);
    }

    private static boolean isServiceAccount(JsonNode member) {
        return !member.path("scopes").isEmpty();
    }

    private static boolean hasDirectory(JsonNode member) {
        return member.path("directory").isTextual();
    }

    /** The scopes as they are typed. */
    private static String scopes(JsonNode member) {
        return StreamSupport.stream(member.path("scopes").spliterator(), false)
                .map(scope -> cell(scope.path("act")) + ":" + cell(scope.path("tags")))
                .collect(Collectors.joining(" "));
    }

    /** The scopes as the server reads them. */
    private static ArrayNode typed(List<String> scopes) throws CommandFailure {
        ArrayNode list = ApiClient.array(List.of());
        for (String scope : scopes) {
            int colon = scope.indexOf(':');
            if (colon < 1 || colon == scope.length() - 1) {
                throw CommandFailure.usage("--scope is ACT:TAG, or ACT:TAG,TAG for devices with all these tags");
            }
            list.addObject()
                    .put("act", scope.substring(0, colon))
                    .set(
                            "tags",
                            ApiClient.array(List.of(scope.substring(colon + 1).split(",", -1))));
        }
        return list;
    }

    private static String tokenExpires(JsonNode member) {
        if (hasDirectory(member)) {
            return "no token";
        }
        return member.path("tokenExpires").isNull() ? "never" : cell(member.path("tokenExpires"));
    }

    @Command(
            name = "add",
            description =
                    "Make a member: a person, or with --scope a service account. Prints the token, which is shown this once,"
                            + " and nothing else.")
    static final class Add extends ServerCommand {
        @Parameters(paramLabel = "NAME", description = "A name, 1 to 63 of a-z 0-9 . -")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "admin, approver or viewer (default: viewer).",
                completionCandidates = FixedValues.Roles.class)
        private @Nullable String role;

        @Option(names = "--contact", paramLabel = "URI", description = "Where notices go; repeatable.")
        private List<String> contacts = List.of();

        @Option(
                names = "--token-expires-in",
                paramLabel = "DURATION",
                description = "How long the token lasts, such as 90d (default: for ever).")
        private @Nullable Duration tokenExpiresIn;

        @Option(
                names = "--scope",
                paramLabel = "ACT:TAG",
                description = "What a service account may do with devices that have the tag: "
                        + "read, dry-run, allow-once, disable, enable or enroll-device; repeatable.")
        private List<String> scopes = List.of();

        @Option(
                names = "--directory",
                paramLabel = "NAME",
                description = "The directory of an embedding application that signs the member in; no token is made.")
        private @Nullable String directory;

        @Option(names = "--subject", paramLabel = "NAME", description = "The directory's name for the member.")
        private @Nullable String subject;

        private ArrayNode typedScopes = ApiClient.array(List.of());

        @Override
        protected void checkOptions() throws CommandFailure {
            typedScopes = typed(scopes);
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("name", name);
            if (role != null) {
                body.put("role", role);
            }
            body.set("contacts", ApiClient.array(contacts));
            if (!typedScopes.isEmpty()) {
                body.set("scopes", typedScopes);
            }
            if (directory != null) {
                body.put("directory", directory);
            }
            if (subject != null) {
                body.put("subject", subject);
            }
            if (tokenExpiresIn != null) {
                body.put("tokenExpiresIn", tokenExpiresIn.toString());
            }
            ApiAnswer made = api.post(ApiClient.path(COLLECTION), body);
            if (hasDirectory(made.json())) {
                print(made, member -> printOne(member, out()));
                return;
            }
            printSecret(
                    made,
                    "token",
                    "member " + cell(made.json().path("name")) + ", "
                            + cell(made.json().path("role")) + ", id " + made.id() + ", token expires "
                            + tokenExpires(made.json()),
                    "This token is not shown again.");
        }
    }

    @Command(name = "list", description = "List members.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE), answer -> {
                TextTable table = new TextTable(
                        wide("ID"), cut("NAME"), whole("ROLE"), whole("TOKEN EXPIRES"), cut("CONTACTS OR SCOPES"));
                for (JsonNode member : answer.path("items")) {
                    table.row(
                            cell(member.path("id")),
                            cell(member.path("name")),
                            cell(member.path("role")),
                            tokenExpires(member),
                            isServiceAccount(member) ? scopes(member) : cell(member.path("contacts")));
                }
                printTable(table);
            });
        }
    }

    @Command(name = "show", description = "Show a member.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "MEMBER", description = "An id or name, or me.")
        private String member = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(Lookup.members(api).one(member), found -> printOne(found, out()));
        }
    }

    @Command(name = "edit", description = "Change a member. --contact replaces all there were but browsers.")
    static final class Edit extends ServerCommand {
        @Parameters(paramLabel = "MEMBER", description = "An id or name, or me.")
        private String member = "";

        @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
        private @Nullable String name;

        @Option(
                names = "--role",
                paramLabel = "ROLE",
                description = "admin, approver or viewer.",
                completionCandidates = FixedValues.Roles.class)
        private @Nullable String role;

        @Option(names = "--contact", paramLabel = "URI", description = "Where notices go; repeatable.")
        private @Nullable List<String> contacts;

        @Option(
                names = "--scope",
                paramLabel = "ACT:TAG",
                description = "The scopes of a service account, in place of all there were; repeatable.")
        private List<String> scopes = List.of();

        private ArrayNode typedScopes = ApiClient.array(List.of());

        @Option(names = "--no-contacts", description = "Remove all contacts but browsers.")
        private boolean noContacts;

        @Option(names = "--confirm", description = "Do it even if it leaves nobody who can approve devices.")
        private boolean confirm;

        @Override
        protected void checkOptions() throws CommandFailure {
            if (noContacts && contacts != null) {
                throw CommandFailure.usage("--no-contacts goes without --contact");
            }
            contacts = noContacts ? List.of() : contacts;
            typedScopes = typed(scopes);
            if (name == null && role == null && contacts == null && scopes.isEmpty()) {
                throw CommandFailure.usage("nothing to change");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ApiAnswer before = Lookup.members(api).one(member);
            ObjectNode body = ApiClient.object();
            if (name != null) {
                body.put("name", name);
            }
            if (role != null) {
                body.put("role", role);
            }
            if (contacts != null) {
                body.set("contacts", ApiClient.array(contacts));
            }
            if (!typedScopes.isEmpty()) {
                body.set("scopes", typedScopes);
            }
            if (confirm) {
                body.put("confirm", true);
            }
            print(
                    api.patch(ApiClient.path(COLLECTION, before.id()), before.text("version"), body),
                    after -> printOne(after, out()));
        }
    }

    @Command(
            name = "rotate-token",
            description = "Give a member a fresh token; the old one ends at once. Prints the token, which is shown this"
                    + " once, and nothing else. Do not redirect it into the token file that the command reads: the"
                    + " shell empties that file first.")
    static final class RotateToken extends ServerCommand {
        @Parameters(paramLabel = "MEMBER", description = "An id or name, or me: every member may rotate their own.")
        private String member = "";

        @Option(
                names = "--expires-in",
                paramLabel = "DURATION",
                description = "How long it lasts, such as 90d (default: for ever).")
        private @Nullable Duration expiresIn;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object();
            if (expiresIn != null) {
                body.put("expiresIn", expiresIn.toString());
            }
            String id = Lookup.members(api).one(member).id();
            printSecret(
                    api.post(ApiClient.path(COLLECTION, id, "token"), body),
                    "token",
                    "The old token of " + member + " has ended. The new one is not shown again.");
        }
    }

    @Command(
            name = "test",
            description = "Send a notice that says that it is a test to a contact of a member. " + TestResult.EXIT)
    static final class Test extends ServerCommand {
        @Parameters(index = "0", paramLabel = "MEMBER", description = "Its id or name.")
        private String member = "";

        @Parameters(index = "1", paramLabel = "URI", description = "One of the member's contacts.")
        private String contact = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String id = Lookup.members(api).one(member).id();
            TestResult.print(
                    this,
                    api.post(
                            ApiClient.path(COLLECTION, id, "contacts", "test"),
                            ApiClient.object().put("contact", contact),
                            TestResult.MEMBER));
        }
    }

    @Command(name = "remove", description = "Remove a member: the token ends, and votes no longer count.")
    static final class Remove extends ServerCommand {
        @Parameters(paramLabel = "MEMBER", description = "An id or name.")
        private String member = "";

        @Option(names = "--confirm", description = "Do it even if it leaves nobody who can approve devices.")
        private boolean confirm;

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            String path =
                    ApiClient.path(COLLECTION, Lookup.members(api).one(member).id());
            print(
                    api.delete(confirm ? path + "?confirm=true" : path),
                    nothing -> new Facts().row(member, "removed").print(out()));
        }
    }
}
