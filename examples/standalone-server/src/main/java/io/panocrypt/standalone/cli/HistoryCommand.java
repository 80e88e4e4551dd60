package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.CommandGroup;
import picocli.CommandLine.Command;

/** {@code history}: who asked, and what became of it. */
@Command(
        name = "history",
        description = "Who asked, and what became of it.",
        subcommands = {HistoryList.class, HistoryExportCommand.class, HistoryVerify.class})
final class HistoryCommand extends CommandGroup {}
