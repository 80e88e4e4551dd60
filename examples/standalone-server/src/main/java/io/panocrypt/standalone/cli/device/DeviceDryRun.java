package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.whole;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.RuleText;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device dry-run}: tests whether this address could unlock this device now, and which gate decides. */
@Command(
        name = "dry-run",
        description = "Would this address unlock this device now, and which gate decides? Exits with 0 either way.")
final class DeviceDryRun extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Option(names = "--source", paramLabel = "ADDRESS", required = true, description = "Who would ask.")
    private String source = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.post(
                        ApiClient.path("devices", id, "dry-run"),
                        ApiClient.object().put("source", source),
                        "outcome"),
                this::printGates);
    }

    private void printGates(JsonNode answer) {
        JsonNode rule = answer.path("rule");
        Facts facts =
                new Facts().row("outcome", cell(answer.path("outcome"))).row("reason", cell(answer.path("reason")));
        if (rule.isObject()) {
            facts.row("rule", RuleText.of(rule));
        }
        facts.print(out());
        out().println();
        TextTable table = new TextTable(whole("GATE"), whole("RESULT"));
        for (JsonNode gate : answer.path("gates")) {
            table.row(cell(gate.path("gate")), cell(gate.path("result")));
        }
        printTable(table);
    }
}
