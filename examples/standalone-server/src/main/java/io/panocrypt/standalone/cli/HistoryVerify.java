package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code history verify}: checks whether the history was changed, in the server or in an export. */
@Command(
        name = "verify",
        description = {
            "Check the chain of the history and the audit. Exits with 4 if it is not intact.",
            "With FILE an export is checked, and no server is asked."
        },
        footer = {
            "",
            "Exit codes: 0 intact, 1 refused by the server, 2 wrong usage or a FILE that is no export, 3 no Panocrypt"
                    + " server within reach, 4 not intact."
        })
final class HistoryVerify extends ServerCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "What history export has printed; - for standard input.")
    private @Nullable String file;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The site's checkpoint key, as JWK or thumbprint: an export under another key is not intact.")
    private @Nullable String key;

    @Option(
            names = "--checkpoints",
            paramLabel = "LOG",
            description =
                    "A copy of the server's log, - for standard input: what its checkpoint lines list must be in the"
                            + " export.")
    private @Nullable Path log;

    @Override
    protected void checkOptions() throws CommandFailure {
        if (file == null && (key != null || log != null)) {
            throw CommandFailure.usage("--key and --checkpoints need the FILE of an export");
        }
        if (OfflineCheck.isStandardInput(file) && log != null && OfflineCheck.isStandardInput(log.toString())) {
            throw CommandFailure.usage("FILE and --checkpoints cannot both be standard input");
        }
    }

    @Override
    public void act() throws CommandFailure {
        if (file == null) {
            super.act();
            return;
        }
        OfflineCheck check = new OfflineCheck(file, key, log);
        JsonNode found = check.run();
        check.notes().forEach(note -> err().println(TextTable.plain(note)));
        report(new ApiAnswer(found.toString(), found), "the export is NOT intact, broken at ");
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        report(
                api.post(ApiClient.path("history", "verify"), ApiClient.object(), "intact"),
                "the history is NOT intact, broken at ");
    }

    private void report(ApiAnswer answer, String complaint) throws CommandFailure {
        boolean intact = answer.json().path("intact").asBoolean();
        print(answer, found -> {
            if (intact) {
                printIntact(found);
            }
        });
        if (!intact) {
            JsonNode at = answer.json().path("brokenAt");
            throw CommandFailure.notIntact(
                    at.path("chain").asText().equals(OfflineCheck.KEY)
                            ? "the export is signed by another key than --key names; nothing else was checked"
                            : complaint + place(at));
        }
    }

    private void printIntact(JsonNode found) {
        Facts facts = new Facts().row("intact", cell(found.path("rows")) + " entries");
        for (JsonNode chain : found.path("chains")) {
            facts.row(cell(chain.path("chain")), reach(chain));
        }
        if (found.has("checkpointKey")) {
            facts.row("key", cell(found.path("checkpointKey")));
        }
        facts.print(out());
    }

    private static String reach(JsonNode chain) {
        long cut = chain.path("cut").asLong();
        String entries = "entries " + (cut + 1) + " to " + cell(chain.path("last")) + ", signed up to "
                + cell(chain.path("signed"));
        return cut == 0 ? entries : entries + "; retention has removed those before";
    }

    /** The broken journal entry and its fault, or other members of the server's answer. */
    private static String place(JsonNode brokenAt) {
        if (!brokenAt.isObject()) {
            return cell(brokenAt);
        }
        String problem = ": " + cell(brokenAt.path("problem"));
        return switch (brokenAt.path("chain").asText()) {
            case OfflineCheck.LINE -> "line " + cell(brokenAt.path("sequence")) + problem;
            default -> "chain " + cell(brokenAt.path("chain")) + ", entry " + cell(brokenAt.path("sequence")) + problem;
        };
    }
}
