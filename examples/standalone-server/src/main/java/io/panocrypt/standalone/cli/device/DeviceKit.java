package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device kit}: prints what binds a volume on a machine that does not reach the server now. */
@Command(
        name = "kit",
        description = {
            "Print a device's signed advertisement, to bind a volume where the server is out of reach: redirect it to a file."
                    + " The command that uses the file goes to standard error."
        })
final class DeviceKit extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(api.get(ApiClient.path("devices", id, "advertisement"), "thumbprint"), this::printKit);
    }

    private void printKit(JsonNode kit) {
        out().println(TextTable.plainJson(kit.path("advertisement").toString()));
        err().println("clevis luks bind -d /dev/... tang '{\"url\":\""
                + TextTable.plain(kit.path("unlockUrl").asText()) + "\",\"thp\":\""
                + TextTable.plain(kit.path("thumbprint").asText()) + "\",\"adv\":\"FILE\"}'");
    }
}
