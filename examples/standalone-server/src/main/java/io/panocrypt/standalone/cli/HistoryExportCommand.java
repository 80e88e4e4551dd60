package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.ServerCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code history export}: exports the whole history, to keep and check it elsewhere. */
@Command(
        name = "export",
        description = {
            "Print history, audit and checkpoints as lines of JSON, to be kept elsewhere.",
            "Check it with: history verify FILE",
            "With options only the attempts and edits that fit, which proves nothing.",
            "The output is the same with and without --json."
        })
final class HistoryExportCommand extends ServerCommand {
    @Option(names = "--device", paramLabel = "DEVICE", description = "Only this device's, by its id or name.")
    private @Nullable String device;

    @Mixin
    private EntryOptions.Times times = new EntryOptions.Times();

    @Mixin
    private EntryOptions.OfAttempts attempts = new EntryOptions.OfAttempts();

    @Mixin
    private EntryOptions.OfEdits edits = new EntryOptions.OfEdits();

    @Override
    protected void checkOptions() throws CommandFailure {
        printsLines();
        times.check();
        if (attempts.isGiven() && edits.isGiven()) {
            throw CommandFailure.usage("no entry has both --outcome or --source, and --actor or --action");
        }
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        Map<String, String> query = new LinkedHashMap<>();
        times.addTo(query);
        attempts.addTo(query);
        edits.addTo(query, api);
        if (device != null) {
            query.put("device", Lookup.devices(api).one(device).id());
        }
        api.download(ApiClient.path("history", "export"), query, out());
    }
}
