package io.panocrypt.standalone.cli;

import static io.panocrypt.standalone.cli.base.TextTable.cell;
import static io.panocrypt.standalone.cli.base.TextTable.cut;
import static io.panocrypt.standalone.cli.base.TextTable.time;
import static io.panocrypt.standalone.cli.base.TextTable.whole;
import static io.panocrypt.standalone.cli.base.TextTable.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.panocrypt.standalone.cli.base.ApiClient;
import io.panocrypt.standalone.cli.base.CommandFailure;
import io.panocrypt.standalone.cli.base.Facts;
import io.panocrypt.standalone.cli.base.ServerCommand;
import io.panocrypt.standalone.cli.base.TableCommand;
import io.panocrypt.standalone.cli.base.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for jobs that rotate or destroy the keys of many devices. */
final class KeyJobCommands {
    private static final String COLLECTION = "key-jobs";
    private static final Pattern PACE = Pattern.compile("([1-9]\\d{0,5})(?:/min)?");

    private KeyJobCommands() {}

    private static TextTable table(Iterable<JsonNode> jobs) {
        TextTable table = new TextTable(
                whole("ID"),
                whole("ACT"),
                whole("STATE"),
                whole("CHANGED"),
                whole("KEPT"),
                whole("FAILED"),
                cut("DEVICES"),
                wide("AGE"),
                wide("PACE"),
                wide("STARTED"),
                wide("ENDED"));
        for (JsonNode job : jobs) {
            table.row(
                    cell(job.path("id")),
                    cell(job.path("act")),
                    cell(job.path("state")),
                    cell(job.path("changed")),
                    cell(job.path("kept")),
                    cell(job.path("failed")),
                    job.path("tags").isEmpty() ? "all" : cell(job.path("tags")),
                    cell(job.path("age")),
                    cell(job.path("pace")) + "/min",
                    time(job.path("started")),
                    time(job.path("ended")));
        }
        return table;
    }

    /** A command that starts a job. */
    abstract static class Start extends TableCommand {
        private final String act;

        @Option(
                names = "--tag",
                paramLabel = "TAG",
                description = "The devices with this tag; given again: with all of them.")
        private List<String> tags = List.of();

        @Option(names = "--all", description = "Every device.")
        private boolean all;

        @Option(names = "--pace", paramLabel = "N/min", description = "How many devices a minute (default: 60/min).")
        private @Nullable String pace;

        @Option(
                names = "--older-than",
                paramLabel = "DURATION",
                description = "Only keys that are advertised, or to be destroyed hidden, for so long, such as 180d.")
        private @Nullable Duration olderThan;

        private Start(String act) {
            this.act = act;
        }

        @Override
        protected void checkOptions() throws CommandFailure {
            if (tags.isEmpty() != all) {
                throw CommandFailure.usage("give either --tag, or --all for every device");
            }
        }

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            ObjectNode body = ApiClient.object().put("act", act);
            body.set(
                    "tags",
                    ApiClient.array(tags.stream()
                            .map(tag -> tag.toLowerCase(Locale.ROOT))
                            .toList()));
            if (olderThan != null) {
                body.put("age", olderThan.toString());
            }
            if (pace != null) {
                Matcher typed = PACE.matcher(pace);
                if (!typed.matches()) {
                    throw CommandFailure.usage("--pace must be a number of devices a minute, such as 60/min");
                }
                body.put("pace", Integer.parseInt(typed.group(1)));
            }
            print(api.post(ApiClient.path(COLLECTION), body), job -> printTable(table(List.of(job))));
        }
    }

    @Command(
            name = "rotate",
            description = "Rotate the keys of many devices in the background, at a pace. Hidden keys still answer.")
    static final class Rotate extends Start {
        Rotate() {
            super("rotate");
        }
    }

    @Command(
            name = "destroy-unused",
            description = {
                "Destroy, in the background, generations of keys that have been hidden for so long and that nobody has requested"
                        + " since. What may be in use is kept: device destroy-keys."
            })
    static final class DestroyUnused extends Start {
        DestroyUnused() {
            super("destroy");
        }
    }

    @Command(name = "jobs", description = "List the jobs, ended ones too.")
    static final class Index extends TableCommand {
        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.list(ApiClient.path(COLLECTION), Map.of(), Integer.MAX_VALUE),
                    answer -> printTable(table(answer.path("items"))));
        }
    }

    @Command(name = "job", description = "Show a job and its progress.")
    static final class Show extends TableCommand {
        @Parameters(paramLabel = "JOB", description = "Its id.")
        private String job = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(api.get(ApiClient.path(COLLECTION, job)), found -> printTable(table(List.of(found))));
        }
    }

    @Command(name = "cancel-job", description = "Stop a running job. What it has done stays.")
    static final class Cancel extends ServerCommand {
        @Parameters(paramLabel = "JOB", description = "Its id.")
        private String job = "";

        @Override
        protected void ask(ApiClient api) throws CommandFailure {
            print(
                    api.delete(ApiClient.path(COLLECTION, job)),
                    nothing -> new Facts().row(job, "cancelled").print(out()));
        }
    }
}
