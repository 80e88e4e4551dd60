package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.ServerCommand;
import picocli.CommandLine.Command;

/** {@code history export}: exports the whole history, to keep and check it elsewhere. */
@Command(
        name = "export",
        description = {
            "Print history, audit and checkpoints as lines of JSON, to be kept elsewhere.",
            "Check it with: history verify FILE",
            "The output is the same with and without --json."
        })
final class HistoryExportCommand extends ServerCommand {
    @Override
    protected void checkOptions() {
        printsLines();
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        api.download(ApiClient.path("history", "export"), out());
    }
}
