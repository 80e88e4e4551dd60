package io.panocrypt.standalone.cli.base;

import picocli.CommandLine.Option;

/** The option that limits how many of the newest entries are shown. */
public final class LimitOption {
    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "At most so many, the newest first (default: ${DEFAULT-VALUE}).")
    private int limit;

    public void check() throws CommandFailure {
        if (limit < 1) {
            throw CommandFailure.usage("--limit must be at least 1");
        }
    }

    public int value() {
        return limit;
    }
}
