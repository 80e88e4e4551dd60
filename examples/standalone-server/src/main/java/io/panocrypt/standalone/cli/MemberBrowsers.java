package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.whole;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code member browsers} and related commands: browsers that receive web push. Only a browser can add itself. */
final class MemberBrowsers {
    private MemberBrowsers() {}

    private static String path(ApiClient api, String member) throws CommandFailure {
        return ApiClient.path("members", Lookup.members(api).one(member).id(), "push-subscriptions");
    }

    @Command(name = "browsers", description = "List the browsers that notify a member.")
    static final class Index extends TableCommand {
        @Parameters(paramLabel = "MEMBER", description = "An id or name, or me.")
        private String member = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.items(path(api, member)), browsers -> {
                TextTable table = new TextTable(whole("ID"), cut("PUSH SERVICE"));
                for (JsonNode browser : browsers.path("items")) {
                    table.row(cell(browser.path("id")), cell(browser.path("host")));
                }
                printTable(table);
            });
        }
    }

    @Command(
            name = "test-browser",
            description = "Send a notice that says that it is a test to a browser of a member. " + TestResult.EXIT)
    static final class Test extends ServerCommand {
        @Parameters(index = "0", paramLabel = "MEMBER", description = "An id or name, or me.")
        private String member = "";

        @Parameters(index = "1", paramLabel = "BROWSER", description = "Its id.")
        private String browser = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            TestResult.print(
                    this,
                    api.post(
                            path(api, member) + ApiClient.path(browser, "test"),
                            ApiClient.object(),
                            TestResult.MEMBER));
        }
    }

    @Command(name = "remove-browser", description = "Tell a member nothing any more in a browser.")
    static final class Remove extends ServerCommand {
        @Parameters(index = "0", paramLabel = "MEMBER", description = "An id or name, or me.")
        private String member = "";

        @Parameters(index = "1", paramLabel = "BROWSER", description = "Its id.")
        private String browser = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(path(api, member) + ApiClient.path(browser)),
                    nothing -> new Facts().row(browser, "removed").print(out()));
        }
    }
}
