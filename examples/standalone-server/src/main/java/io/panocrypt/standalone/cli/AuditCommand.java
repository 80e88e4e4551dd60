package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import io.panocrypt.standalone.cli.base.ApiAnswer;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.LimitOption;
import io.panocrypt.standalone.cli.base.Lookup;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit}: what operators changed. */
@Command(name = "audit", description = "List what operators changed, newest first; --json shows before and after.")
final class AuditCommand extends TableCommand {
    /** Whole for most acts; the longer ones keep what is changed, and the end of what is done. */
    private static final int MIN_ACTION = 20;
    /** Room for the id of a request behind a short device name. */
    private static final int MIN_OBJECT = 14;

    @Option(names = "--device", paramLabel = "DEVICE", description = "Only edits of this device, by its id or name.")
    private @Nullable String device;

    @Mixin
    private EntryOptions.Times times = new EntryOptions.Times();

    @Mixin
    private EntryOptions.OfEdits selection = new EntryOptions.OfEdits();

    @Mixin
    private EntryOptions.Cursor cursor = new EntryOptions.Cursor();

    @Mixin
    private LimitOption limit = new LimitOption();

    @Override
    protected void checkOptions() throws CommandFailure {
        limit.check();
        times.check();
    }

    @Override
    protected void ask(ApiClient api) throws CommandFailure {
        Map<String, String> query = new LinkedHashMap<>();
        times.addTo(query);
        selection.addTo(query, api);
        cursor.addTo(query);
        if (device != null) {
            query.put("device", Lookup.devices(api).one(device).id());
        }
        ApiAnswer answer = api.search(ApiClient.path("audit"), query, limit.value());
        AuditNames names = new AuditNames(api, printsJson() ? List.of() : answer.items());
        print(answer, audit -> printAudit(audit, names));
        printWhereToGoOn(answer, limit.value());
    }

    private void printAudit(JsonNode answer, AuditNames names) {
        TextTable table = new TextTable(
                whole("TIME"),
                cut("ACTOR"),
                cut("ACTION", MIN_ACTION),
                cut("OBJECT", MIN_OBJECT),
                cut("CHANGED"),
                wide("ACTOR ID"),
                wide("OBJECT ID"));
        for (JsonNode item : answer.path("items")) {
            table.row(
                    time(item.path("time")),
                    names.actor(item),
                    cell(item.path("action")),
                    names.object(item),
                    changed(item.path("before"), item.path("after")),
                    cell(item.path("actor")),
                    cell(item.path("objectId")));
        }
        printTable(table);
    }

    /**
     * The JSON members that an edit changed; empty if the object was created or deleted. Skips the version, which
     * always changes.
     */
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
