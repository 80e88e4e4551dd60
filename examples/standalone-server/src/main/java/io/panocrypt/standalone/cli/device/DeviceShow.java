package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device show}: shows everything about one device except its secrets. */
@Command(name = "show", description = "Show a device.")
final class DeviceShow extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        print(Lookup.devices(api).one(device), shown -> DeviceText.printAll(shown, out()));
    }
}
