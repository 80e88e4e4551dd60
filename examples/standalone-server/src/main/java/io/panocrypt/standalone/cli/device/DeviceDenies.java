package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device denies}: lists the sources that are temporarily denied. */
@Command(name = "denies", description = "List a device's temporary denies; lift-deny ends them.")
final class DeviceDenies extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.list(ApiClient.path("devices", id, "temporary-deny"), Map.of(), Integer.MAX_VALUE),
                answer -> printTable(table(answer)));
    }

    private static TextTable table(JsonNode denies) {
        TextTable table = new TextTable(whole("SOURCE"), whole("UNTIL"), cut("CAUSE"));
        for (JsonNode deny : denies.path("items")) {
            JsonNode source = deny.path("source");
            table.row(source.isNull() ? "any" : cell(source), time(deny.path("until")), cell(deny.path("cause")));
        }
        return table;
    }
}
