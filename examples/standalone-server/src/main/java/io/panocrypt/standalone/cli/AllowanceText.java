package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Allowances as humans read them. */
final class AllowanceText {
    private AllowanceText() {}

    /** A JSON array is such a list, and so is a single JSON object, of its members: give that one in a list of its own. */
    static void print(Iterable<JsonNode> allowances, PrintWriter out) {
        TextTable table = new TextTable("ID", "USES", "LEFT", "SKIPS", "SOURCE", "EXPIRES");
        for (JsonNode allowance : allowances) {
            table.row(
                    cell(allowance.path("id")),
                    cell(allowance.path("uses")),
                    cell(allowance.path("usesLeft")),
                    cell(allowance.path("skips")),
                    cell(allowance.path("source")),
                    cell(allowance.path("expires")));
        }
        table.print(out);
    }
}
