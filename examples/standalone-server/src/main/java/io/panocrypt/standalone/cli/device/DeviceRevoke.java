package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device revoke}: destroys a device's keys irrevocably. */
@Command(name = "revoke", description = "Destroy a device's keys. There is no way back.")
final class DeviceRevoke extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Option(names = "--confirm", paramLabel = "NAME", required = true, description = "The device's name once more.")
    private String confirm = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.post(
                        ApiClient.path("devices", id, "revoke"),
                        ApiClient.object().put("confirm", confirm)),
                after -> DeviceText.printState(after, out()));
    }
}
