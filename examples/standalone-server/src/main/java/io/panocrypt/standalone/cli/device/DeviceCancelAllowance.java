package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device cancel-allowance}: cancels an allowance. */
@Command(name = "cancel-allowance", description = "Take an allowance back.")
final class DeviceCancelAllowance extends ServerCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id or name.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "ALLOWANCE", description = "The allowance's id.")
    private String allowance = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.delete(ApiClient.path("devices", id, "allowances", allowance)),
                nothing -> new Facts().row(allowance, "cancelled").print(out()));
    }
}
