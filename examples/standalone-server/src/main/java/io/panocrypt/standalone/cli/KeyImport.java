package io.panocrypt.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.tang.PrivateJwk;
import io.panocrypt.crypto.tang.TangKeyFiles;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.DeviceOptions;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code key import}: makes a device out of the keys of a Tang server. */
@Command(
        name = "import",
        description = {
            "Make a device out of the keys in a Tang server's directory, hidden ones too. The disks that are bound to them"
                    + " unlock as the device's policy says; serve --root-device answers them where they ask."
        })
final class KeyImport extends ServerCommand {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Parameters(paramLabel = "DIR", description = "The key directory, such as /var/lib/tang. It is only read.")
    private Path directory = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            required = true,
            description = "The device's name, 1 to 63 of a-z 0-9 . -")
    private String name = "";

    @Option(
            names = "--unencrypted",
            description = "Send the private keys over plain http to another host: whoever reads the network has them.")
    private boolean unencrypted;

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Override
    protected void checkOptions() throws CommandFailure {
        super.checkOptions();
        if (!unencrypted && !isConfidential()) {
            throw CommandFailure.usage(
                    "the private keys would cross the network in clear: use https, or run this on the"
                            + " server's host; --unencrypted insists");
        }
        if (!Files.isDirectory(directory)) {
            throw CommandFailure.usage(directory + " is not a directory, or you may not enter it");
        }
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        ObjectNode body = ApiClient.object().put("name", name);
        device.writeTo(body, Lookup.lists(api));
        try (TangKeyFiles keys = TangKeyFiles.read(directory, new JcaEngine(new SecureRandom()))) {
            body.set("keys", jwks(keys.visible()));
            body.set("hiddenKeys", jwks(keys.hidden()));
        } catch (IOException e) {
            throw CommandFailure.usage("nothing was imported from " + directory + ": " + e.getMessage());
        }
        print(api.post(ApiClient.path("devices", "import"), body), this::printDone);
    }

    private void printDone(JsonNode made) {
        new Facts()
                .row("id", TextTable.cell(made.path("id")))
                .row("name", TextTable.cell(made.path("name")))
                .row("generations", Integer.toString(made.path("keys").size()))
                .row("thumbprint", TextTable.cell(made.path("thumbprint")))
                .row("serve with", "--root-device=" + TextTable.cell(made.path("name")))
                .print(out());
    }

    private static ArrayNode jwks(List<PrivateJwk> keys) {
        ArrayNode jwks = ApiClient.array(List.of());
        for (PrivateJwk key : keys) {
            byte[] json = key.toJson();
            try {
                jwks.add(MAPPER.readTree(json));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                Arrays.fill(json, (byte) 0);
            }
        }
        return jwks;
    }
}
