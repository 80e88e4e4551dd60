package io.panocrypt.standalone.cli;

import picocli.CommandLine.Option;

/** A command that only holds subcommands; without one it is a usage error. */
abstract class CommandGroup {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;
}
