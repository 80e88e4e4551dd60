package io.panocrypt.standalone.cli.device;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.TextTable;

/** Formats allowances for humans. */
final class AllowanceText {
    private AllowanceText() {}

    /** Builds the table. Wrap a single JSON object in a list: iterated directly it would yield its members. */
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
