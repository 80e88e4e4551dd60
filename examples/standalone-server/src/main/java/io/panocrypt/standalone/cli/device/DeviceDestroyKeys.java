package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device destroy-keys}: destroys the private keys of one hidden generation irrevocably. */
@Command(
        name = "destroy-keys",
        description = "Destroy a hidden generation of keys. There is no way back for disks that are still bound to it.")
final class DeviceDestroyKeys extends ServerCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id or name.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "GENERATION", description = "Its number, as device keys shows it.")
    private int generation;

    @Option(
            names = "--confirm",
            paramLabel = "GENERATION",
            description = "The number once more, where the server asks for it: the keys may be in use.")
    private @Nullable Integer confirm;

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        ObjectNode body = ApiClient.object();
        if (confirm != null) {
            body.put("confirm", confirm);
        }
        String number = Integer.toString(generation);
        print(
                api.delete(ApiClient.path("devices", id, "keys", number), body),
                nothing ->
                        new Facts().row(device, "keys " + number + " destroyed").print(out()));
    }
}
