package io.panocrypt.standalone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device show}: everything about one device but its secrets. */
@Command(name = "show", description = "Show a device.")
final class DeviceShow extends ServerCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    void ask(ApiClient api) throws CommandFailure {
        print(Lookup.devices(api).one(device), shown -> DeviceText.printAll(shown, out()));
    }
}
