package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device denies}: which sources are refused for a while. */
@Command(name = "denies", description = "List a device's temporary denies; lift-deny ends them.")
final class DeviceDenies extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(api.list(ApiClient.path("devices", id, "temporary-deny"), Map.of(), Integer.MAX_VALUE), this::printTable);
    }

    private void printTable(JsonNode denies) {
        TextTable table = new TextTable("SOURCE", "UNTIL", "CAUSE");
        for (JsonNode deny : denies.path("items")) {
            JsonNode source = deny.path("source");
            table.row(source.isNull() ? "any" : cell(source), cell(deny.path("until")), cell(deny.path("cause")));
        }
        table.print(out());
    }
}
