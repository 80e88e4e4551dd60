package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.TextTable;

/** Allowances as humans read them. */
final class AllowanceText {
    private AllowanceText() {}

    /** A JSON array is such a list, and so is a single JSON object, of its members: give that one in a list of its own. */
    static TextTable table(Iterable<JsonNode> allowances) {
        TextTable table =
                new TextTable(whole("ID"), wide("USES"), whole("LEFT"), cut("SKIPS"), wide("SOURCE"), whole("EXPIRES"));
        for (JsonNode allowance : allowances) {
            table.row(
                    cell(allowance.path("id")),
                    cell(allowance.path("uses")),
                    cell(allowance.path("usesLeft")),
                    cell(allowance.path("skips")),
                    cell(allowance.path("source")),
                    time(allowance.path("expires")));
        }
        return table;
    }
}
