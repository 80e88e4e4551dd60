package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.DeviceOptions;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code device add}: registers a device and prints the command that binds a volume to it. */
@Command(
        name = "add",
        description = "Register a device. The last line printed is the command to type on it; warnings go to"
                + " standard error.")
final class DeviceAdd extends ServerCommand {
    @Parameters(paramLabel = "NAME", description = "Its name, 1 to 63 of a-z 0-9 . -")
    private String name = "";

    @Mixin
    private CustodyOption custody = new CustodyOption();

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        ObjectNode body = ApiClient.object().put("name", name);
        device.writeTo(body, Lookup.lists(api));
        custody.writeTo(body);
        print(api.post(ApiClient.path("devices"), body), added -> DeviceText.printBinding(added, out()));
    }
}
