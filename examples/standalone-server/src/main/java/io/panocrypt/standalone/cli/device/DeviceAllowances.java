package io.panocrypt.standalone.cli.device;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.TableCommand;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code device allowances}: lists a device's remaining allowances. */
@Command(name = "allowances", description = "List a device's allowances.")
final class DeviceAllowances extends TableCommand {
    @Parameters(paramLabel = "DEVICE", description = "Its id or name.")
    private String device = "";

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        String id = Lookup.devices(api).one(device).id();
        print(
                api.list(ApiClient.path("devices", id, "allowances"), Map.of(), Integer.MAX_VALUE),
                answer -> printTable(AllowanceText.table(answer.path("items"))));
    }
}
