package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.TextTable.cell;
import static io.panocrypt.standalone.cli.TextTable.cut;
import static io.panocrypt.standalone.cli.TextTable.time;
import static io.panocrypt.standalone.cli.TextTable.whole;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code audit}: what operators changed. */
@Command(name = "audit", description = "List what operators changed, newest first; --json shows before and after.")
final class AuditCommand extends TableCommand {
    @Mixin
    private LimitOption limit = new LimitOption();

    @Override
    void checkOptions() throws CommandFailure {
        limit.check();
    }

    @Override
    void ask(ApiClient api) throws CommandFailure {
        print(api.list(ApiClient.path("audit"), Map.of(), limit.value()), this::printAudit);
    }

    private void printAudit(JsonNode answer) {
        TextTable table = new TextTable(whole("TIME"), cut("ACTOR"), whole("ACTION"), cut("OBJECT"), cut("CHANGED"));
        for (JsonNode item : answer.path("items")) {
            table.row(
                    time(item.path("time")),
                    cell(item.path("actor")),
                    cell(item.path("action")),
                    cell(item.path("objectId")),
                    changed(item.path("before"), item.path("after")));
        }
        printTable(table);
    }

    /** The members that an edit changed; nothing for what is new or gone. The version says nothing: it always changes. */
    private static String changed(JsonNode before, JsonNode after) {
        if (!before.isObject() || !after.isObject()) {
            return "";
        }
        TreeSet<String> names = new TreeSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        names.remove("version");
        return names.stream()
                .filter(name -> !before.path(name).equals(after.path(name)))
                .collect(Collectors.joining(","));
    }
}
