package io.panocrypt.standalone.cli.base;

import picocli.CommandLine.Option;

/** A command that only contains subcommands; calling it without one is a usage error. */
public abstract class CommandGroup {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;
}
