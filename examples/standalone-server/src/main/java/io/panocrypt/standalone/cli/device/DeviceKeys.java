package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device keys}: lists a device's key generations. */
@Command(
        name = "keys",
        description = {
            "List a device's generations of keys, each with its last use. A hidden one is no longer advertised, but still answers."
        })
final class DeviceKeys extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(api.items(ApiClient.path("devices", id, "keys")), answer -> printTable(table(answer)));
    }

    private static TextTable table(JsonNode list) {
        TextTable table = new TextTable(
                whole("GENERATION"),
                whole("STATE"),
                wide("CREATED"),
                wide("HIDDEN SINCE"),
                whole("LAST USE"),
                cut("FROM"),
                wide("CUSTODY"),
                wide("KEY"));
        for (JsonNode key : list.path("items")) {
            table.row(
                    cell(key.path("generation")),
                    cell(key.path("state")),
                    time(key.path("created")),
                    time(key.path("hiddenSince")),
                    time(key.path("lastUse").path("time")),
                    cell(key.path("lastUse").path("source")),
                    cell(key.path("custody")),
                    cell(key.path("exchange")));
        }
        return table;
    }
}
