package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
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
        description = "List a device's generations of keys. A hidden one is no longer advertised, but still answers.")
final class DeviceKeys extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        ObjectNode list = ApiClient.object();
        list.set("items", Lookup.devices(api).one(device).json().path("keys"));
        list.putNull("nextCursor");
        print(new ApiAnswer(list.toString(), list), answer -> printTable(table(answer)));
    }

    private static TextTable table(JsonNode list) {
        TextTable table = new TextTable(whole("GENERATION"), whole("STATE"), whole("CREATED"), cut("KEY"));
        for (JsonNode key : list.path("items")) {
            table.row(
                    cell(key.path("generation")),
                    key.path("hidden").asBoolean() ? "hidden" : "advertised",
                    time(key.path("created")),
                    cell(key.path("exchange")));
        }
        return table;
    }
}
