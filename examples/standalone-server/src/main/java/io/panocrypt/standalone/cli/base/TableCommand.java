package io.panocrypt.standalone.cli.base;

import picocli.CommandLine.Option;

/** A command whose answer is a table. */
public abstract class TableCommand extends ServerCommand {
    @Option(names = "--wide", description = "Show all columns, and nothing cut; else tables fit 80 columns.")
    private boolean wide;

    public final void printTable(TextTable table) {
        if (table.print(out(), wide)) {
            err().println("what has ... in it is cut; --wide shows it whole");
        }
    }
}
