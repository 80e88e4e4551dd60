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
import io.panocrypt.standalone.cli.base.LimitOption;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.Names;
import io.panocrypt.standalone.cli.base.RuleText;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code history list}: the newest attempts, of all devices or of one. */
@Command(name = "list", description = "List attempts, newest first.")
final class HistoryList extends TableCommand {
    @Option(names = "--device", paramLabel = "DEVICE", description = "Only this device's, by its id or name.")
    private @Nullable String device;

    @Mixin
    private EntryOptions.Times times = new EntryOptions.Times();

    @Mixin
    private EntryOptions.OfAttempts selection = new EntryOptions.OfAttempts();

    @Mixin
    private EntryOptions.Cursor cursor = new EntryOptions.Cursor();

    @Mixin
    private LimitOption limit = new LimitOption();

    @Override
    protected void checkOptions() throws CommandFailure {
        limit.check();
        times.check();
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        Names names = new Names(api, "devices");
        String path = ApiClient.path("history");
        if (device != null) {
            ApiAnswer found = Lookup.devices(api).one(device);
            names.know(found);
            path = ApiClient.path("devices", found.id(), "history");
        }
        Map<String, String> query = new LinkedHashMap<>();
        times.addTo(query);
        selection.addTo(query);
        cursor.addTo(query);
        ApiAnswer answer = api.search(path, query, limit.value());
        if (!printsJson()) {
            for (JsonNode item : answer.items()) {
                names.learn(item.path("device"));
            }
        }
        print(answer, history -> printHistory(history, names));
        printWhereToGoOn(answer, limit.value());
    }

    private void printHistory(JsonNode history, Names names) {
        TextTable table = new TextTable(
                whole("TIME"),
                cut("DEVICE"),
                cut("SOURCE"),
                whole("OUTCOME"),
                cut("REASON"),
                wide("COUNT"),
                wide("SPENT"),
                wide("RULE"),
                wide("NOTE"));
        for (JsonNode item : history.path("items")) {
            table.row(
                    time(item.path("time")),
                    names.of(item.path("device")),
                    cell(item.path("source")),
                    cell(item.path("outcome")),
                    cell(item.path("reason")),
                    cell(item.path("count")),
                    cell(item.path("spent")),
                    RuleText.of(item.path("rule")),
                    cell(item.path("note")));
        }
        printTable(table);
    }
}
