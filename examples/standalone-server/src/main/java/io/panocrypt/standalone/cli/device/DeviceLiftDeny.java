package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device lift-deny}: ends a device's temporary deny. */
@Command(name = "lift-deny", description = "End a device's temporary deny.")
final class DeviceLiftDeny extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.delete(ApiClient.path("devices", id, "temporary-deny")),
                nothing -> new Facts().row(device, "temporary deny lifted").print(out()));
    }
}
