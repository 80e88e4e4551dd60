package io.panocrypt.standalone.cli.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.FixedValues;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.TableCommand;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code device allow}: lets a device unlock a limited number of times although a gate would refuse it. */
@Command(name = "allow", description = "Allow a device to unlock once, or a few times, past the gates that you name.")
final class DeviceAllow extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Option(names = "--uses", paramLabel = "N", description = "How many answers (default: the device's volumes).")
    private @Nullable Integer uses;

    @Option(names = "--expires-in", paramLabel = "DURATION", description = "Such as 1h or 30m (default: 1h).")
    private @Nullable Duration expiresIn;

    @Option(names = "--source", paramLabel = "CIDR|any", description = "Who may use it: an address, a block, or any.")
    private @Nullable String source;

    @Option(
            names = "--skip",
            paramLabel = "GATE",
            split = ",",
            description = "disabled, source, temporary-deny, rule, approval; with commas (default: disabled).",
            completionCandidates = FixedValues.Skips.class)
    private @Nullable List<String> skips;

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        ObjectNode body = ApiClient.object();
        if (uses != null) {
            body.put("uses", uses);
        }
        if (expiresIn != null) {
            body.put("expiresIn", expiresIn.toString());
        }
        if (source != null) {
            body.put("source", source);
        }
        if (skips != null) {
            body.set("skips", ApiClient.array(skips));
        }
        String id = Lookup.devices(api).one(device).id();
        print(
                api.post(ApiClient.path("devices", id, "allowances"), body),
                allowance -> printTable(AllowanceText.table(List.of(allowance))));
    }
}
