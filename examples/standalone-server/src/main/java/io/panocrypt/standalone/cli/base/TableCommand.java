package io.panocrypt.standalone.cli.base;

import picocli.CommandLine.Option;

/** A command whose answer is a table. */
public abstract class TableCommand extends ServerCommand {
    @Option(names = "--wide", description = "Show all columns, and nothing cut; else tables fit 80 columns.")
    private boolean wide;

    /** Says so if the server has stopped a search before the wanted number of items and before the end. */
    protected final void printWhereToGoOn(ApiAnswer answer, int wanted) {
        String cursor = answer.json().path("nextCursor").asText("");
        int found = answer.items().size();
        if (!printsJson()
                && !cursor.isEmpty()
                && found < wanted
                && answer.json().has(ApiClient.EXAMINED)) {
            err().println(TextTable.plain(
                    "looked at " + answer.json().path(ApiClient.EXAMINED).asInt(found) + " entries, " + found
                            + " found; to go on, type the same command with --cursor " + cursor));
        }
    }

    public final void printTable(TextTable table) {
        if (table.print(out(), wide)) {
            err().println("what has ... in it is cut; --wide shows it whole");
        }
    }
}
