package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code key report}: shows which devices still use old keys. */
@Command(
        name = "report",
        description = {
            "Count the devices that still use keys which rotation has hidden, and list them; or list those whose advertised keys"
                    + " are old."
        })
final class KeyReportCommand extends TableCommand {
    @Option(names = "--tag", paramLabel = "TAG", description = "Only devices with this tag.")
    private @Nullable String tag;

    @Option(
            names = "--older-than",
            paramLabel = "DURATION",
            description = "List the devices whose advertised keys are older, such as 180d.")
    private @Nullable Duration olderThan;

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        Map<String, String> query = new LinkedHashMap<>();
        if (tag != null) {
            query.put("tag", tag);
        }
        if (olderThan != null) {
            query.put("olderThan", olderThan.toString());
        }
        print(api.list(ApiClient.path("key-report"), query, LIMIT), this::printReport);
    }

    /** One page: the counts are of all devices, and the server reads all of them for each page. */
    private static final int LIMIT = 500;

    private void printReport(JsonNode report) {
        Facts facts = new Facts()
                .row("devices", cell(report.path("devices")))
                .row("with hidden keys", cell(report.path("withHidden")))
                .row("still using them", cell(report.path("usingHidden")))
                .row("last such use", time(report.path("lastHiddenUse")))
                .row("not proven unused", cell(report.path("unproven")));
        report.path("ages")
                .forEach(age -> facts.row("keys of " + cell(age.path("days")) + " days", cell(age.path("devices"))));
        facts.print(out());
        if (!report.path("current").asBoolean(true)) {
            err().println("the history is not read to its end yet: ask again in a minute");
        }
        if (!report.path("items").isEmpty()) {
            out().println();
            printTable(table(report));
        }
        if (!report.path("nextCursor").isNull() && !report.path("nextCursor").isMissingNode()) {
            err().println("there are more than " + LIMIT + " devices to list");
        }
    }

    private static TextTable table(JsonNode report) {
        TextTable table = new TextTable(
                cut("NAME"),
                whole("HIDDEN"),
                wide("ADVERTISED SINCE"),
                whole("LAST HIDDEN USE"),
                wide("FROM"),
                wide("ID"));
        for (JsonNode line : report.path("items")) {
            table.row(
                    cell(line.path("name")),
                    cell(line.path("hidden")),
                    time(line.path("advertisedSince")),
                    time(line.path("lastHiddenUse").path("time")),
                    cell(line.path("lastHiddenUse").path("source")),
                    cell(line.path("id")));
        }
        return table;
    }
}
