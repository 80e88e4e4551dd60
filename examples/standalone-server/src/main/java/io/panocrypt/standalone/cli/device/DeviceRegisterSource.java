package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device register-source}: admits the address from which a device was refused last. */
@Command(
        name = "register-source",
        description = {
            "Make the address from which a device was refused last its registered source, in place of an earlier one.",
            "A thief with the disk may have been the last one: without --source or --yes this only shows the address."
        })
final class DeviceRegisterSource extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Option(
            names = "--source",
            paramLabel = "ADDRESS",
            description = "The address that you mean: refused if another one was refused last.")
    private @Nullable String source;

    @Option(names = "--yes", description = "Register it, whichever address it is.")
    private boolean yes;

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        ApiAnswer before = Lookup.devices(api).one(device);
        String path = ApiClient.path("devices", before.id(), "register-source");
        if (source == null && !yes) {
            ApiAnswer refused = api.get(path, "source");
            print(refused, last -> facts(last, before.json()).print(out()));
            throw CommandFailure.usage(
                    "nothing has changed; if that is the device's address, add --source " + refused.text("source"));
        }
        ObjectNode body = ApiClient.object();
        if (source != null) {
            body.put("source", source);
        }
        print(api.post(path, before.text("version"), body), after -> {
            DeviceText.printState(after, out());
            facts(after.path("refused"), before.json())
                    .row("registered now", cell(after.path("registeredSource")))
                    .print(out());
        });
    }

    private static Facts facts(JsonNode refused, JsonNode before) {
        Facts facts = new Facts()
                .row("refused last", cell(refused.path("source")))
                .row("at", cell(refused.path("time")))
                .row(
                        "other addresses",
                        (refused.path("complete").asBoolean() ? "" : "at least ") + cell(refused.path("otherSources")));
        String registered = cell(before.path("registeredSource"));
        return registered.isEmpty() ? facts : facts.row("registered before", registered);
    }
}
