package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code history verify}: whether anybody changed the history behind the server's back. */
@Command(
        name = "verify",
        description = "Check the chain of the history and the audit. Exits with 1 if it is not intact.")
final class HistoryVerify extends ServerCommand {
    @Override
    void ask(ApiClient api) throws CommandFailure {
        ApiAnswer answer = api.post(ApiClient.path("history", "verify"), ApiClient.object());
        boolean intact = answer.json().path("intact").asBoolean();
        print(answer, found -> {
            if (intact) {
                new TextTable()
                        .row("intact", cell(found.path("rows")) + " rows")
                        .print(out());
            }
        });
        if (!intact) {
            throw CommandFailure.refused("the history is NOT intact, broken at "
                    + place(answer.json().path("brokenAt")));
        }
    }

    /** A chain's row and what is wrong with it, or whatever else the server says of the place. */
    private static String place(JsonNode brokenAt) {
        return brokenAt.isObject()
                ? "chain " + cell(brokenAt.path("chain")) + ", row " + cell(brokenAt.path("sequence")) + ": "
                        + cell(brokenAt.path("problem"))
                : cell(brokenAt);
    }
}
