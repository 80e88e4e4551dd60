package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** A command that changes one device, or several in sequence. */
abstract class DevicesCommand extends ServerCommand {
    @Mixin
    private DeviceTargets targets = new DeviceTargets();

    @Override
    protected void checkOptions() throws CommandFailure {
        targets.check();
    }

    /** Whether the operator named a single device rather than tags. */
    final boolean changesOne() {
        return targets.one().isPresent();
    }

    @Override
    protected final void ask(ApiClient api) throws CommandFailure {
        Optional<String> one = targets.one();
        if (one.isPresent()) {
            print(change(api, Lookup.devices(api).one(one.get())), this::printDone);
        } else {
            askForEach(api, targets.tagged(api));
        }
    }

    /** Changes a device; returns its new state. */
    abstract ApiAnswer change(ApiClient api, ApiAnswer before) throws CommandFailure;

    abstract void printDone(JsonNode after);

    private void askForEach(ApiClient api, List<JsonNode> devices) throws CommandFailure {
        err().println(devices.size() == 1 ? "1 device" : devices.size() + " devices");
        ArrayNode results = ApiClient.array(List.of());
        int refusals = 0;
        for (JsonNode device : devices) {
            try {
                ApiAnswer after = change(api, new ApiAnswer(device.toString(), device));
                results.add(after.json());
                if (!printsJson()) {
                    print(after, device.path("name").asText() + ": ", done -> DeviceText.printState(done, out()));
                }
            } catch (CommandFailure e) {
                if (!e.isRefusal()) {
                    throw e;
                }
                refusals++;
                results.add(refused(device, e));
            }
        }
        if (printsJson()) {
            ObjectNode all = ApiClient.object();
            all.set("items", results);
            print(new ApiAnswer(all.toString(), all), nothing -> {});
        }
        if (refusals > 0) {
            throw CommandFailure.refused(refusals + " of " + devices.size() + " devices were not changed");
        }
    }

    private ObjectNode refused(JsonNode device, CommandFailure failure) {
        List<String> lines = errorLines(failure).stream().map(String::strip).toList();
        if (!printsJson()) {
            err().println(TextTable.plain(device.path("name").asText() + ": " + String.join(" ", lines)));
        }
        ObjectNode refused = ApiClient.object();
        refused.set("id", device.path("id"));
        refused.set("name", device.path("name"));
        refused.set("refused", ApiClient.array(lines));
        return refused;
    }
}
