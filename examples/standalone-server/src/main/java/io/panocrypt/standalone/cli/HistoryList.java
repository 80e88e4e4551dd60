package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code history list}: the newest attempts, of all devices or of one. */
@Command(name = "list", description = "List attempts, newest first.")
final class HistoryList extends ServerCommand {
    @Option(names = "--device", paramLabel = "DEVICE", description = "Only this device's, by its id or name.")
    private @Nullable String device;

    @Mixin
    private LimitOption limit = new LimitOption();

    @Override
    void checkOptions() throws CommandFailure {
        limit.check();
    }

    @Override
    void ask(ApiClient api) throws CommandFailure {
        Map<String, String> names = new HashMap<>();
        String path = ApiClient.path("history");
        if (device != null) {
            ApiAnswer found = Lookup.devices(api).one(device);
            names.put(found.id(), cell(found.json().path("name")));
            path = ApiClient.path("devices", found.id(), "history");
        }
        ApiAnswer answer = api.list(path, Map.of(), limit.value());
        if (!printsJson()) {
            findNames(api, answer, names);
        }
        print(answer, history -> printTable(history, names));
    }

    /** One question for each device on the page: fewer than the fleet has pages. */
    private static void findNames(ApiClient api, ApiAnswer history, Map<String, String> names) throws CommandFailure {
        for (JsonNode item : history.items()) {
            String id = cell(item.path("device"));
            if (!id.isEmpty() && !names.containsKey(id)) {
                names.put(
                        id,
                        api.find(ApiClient.path("devices", id))
                                .map(found -> cell(found.json().path("name")))
                                .orElse(id));
            }
        }
    }

    private void printTable(JsonNode history, Map<String, String> names) {
        TextTable table = new TextTable("TIME", "DEVICE", "SOURCE", "OUTCOME", "REASON", "COUNT", "SPENT", "NOTE");
        for (JsonNode item : history.path("items")) {
            String id = cell(item.path("device"));
            table.row(
                    cell(item.path("time")),
                    names.getOrDefault(id, id),
                    cell(item.path("source")),
                    cell(item.path("outcome")),
                    cell(item.path("reason")),
                    cell(item.path("count")),
                    cell(item.path("spent")),
                    cell(item.path("note")));
        }
        table.print(out());
    }
}
