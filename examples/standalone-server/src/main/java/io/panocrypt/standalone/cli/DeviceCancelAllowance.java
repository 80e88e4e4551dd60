package io.panocrypt.standalone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device cancel-allowance}: takes an allowance back. */
@Command(name = "cancel-allowance", description = "Take an allowance back.")
final class DeviceCancelAllowance extends ServerCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id or name.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "ALLOWANCE", description = "The allowance's id.")
    private String allowance = "";

    @Override
    void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.delete(ApiClient.path("devices", id, "allowances", allowance)),
                nothing -> new Facts().row(allowance, "cancelled").print(out()));
    }
}
