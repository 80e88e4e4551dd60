package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.FixedValues;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device list}: lists all devices, or those that match a filter. */
@Command(name = "list", description = "List devices.")
final class DeviceList extends TableCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "Only devices whose name begins with this, by name; revoked ones have lost their names.")
    private @Nullable String prefix;

    @Option(names = "--tag", paramLabel = "TAG", description = "Only devices with this tag.")
    private @Nullable String tag;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "pending, active, disabled or revoked.",
            completionCandidates = FixedValues.DeviceStates.class)
    private @Nullable String state;

    @Option(names = "--q", paramLabel = "TEXT", description = "Only devices whose name has this in it.")
    private @Nullable String text;

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        Map<String, String> query = new LinkedHashMap<>();
        if (prefix != null) {
            query.put("namePrefix", prefix);
        }
        if (tag != null) {
            query.put("tag", tag);
        }
        if (state != null) {
            query.put("state", state);
        }
        if (text != null) {
            query.put("q", text);
        }
        print(api.list(ApiClient.path("devices"), query, Integer.MAX_VALUE), this::printDevices);
    }

    private void printDevices(JsonNode answer) {
        TextTable table =
                new TextTable(wide("ID"), cut("NAME"), whole("STATE"), cut("APPROVAL"), cut("TAGS"), wide("SOURCES"));
        for (JsonNode device : answer.path("items")) {
            int lists = device.path("networkAccessLists").size();
            String sources = cell(device.path("sources"));
            table.row(
                    cell(device.path("id")),
                    cell(device.path("name")),
                    cell(device.path("state")),
                    ApprovalText.brief(device),
                    cell(device.path("tags")),
                    lists == 0 ? sources : (sources + " +" + lists + (lists == 1 ? " list" : " lists")).strip());
        }
        printTable(table);
    }
}
