package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** A command that prints for people, or as JSON. Failures become lines on standard error and an exit code. */
public abstract class PrintingCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    /** Ensures that with {@code --json} standard output contains exactly one value. */
    private boolean hasPrintedJson;

    @Override
    public final Integer call() {
        hasPrintedJson = false;
        try {
            checkOptions();
            act();
            return 0;
        } catch (CommandFailure e) {
            errorLines(e).forEach(line -> err().println(TextTable.plain(line)));
            remedies(e).forEach(line -> err().println(TextTable.plain(line)));
            if (e.isWrongInput()) {
                err().println(WrongUsage.help(spec()));
            }
            if (printsJson() && !hasPrintedJson) {
                printJson(e.problem().toString());
            }
            return e.exitCode();
        }
    }

    /** Refuses options that are wrong in any case. */
    protected void checkOptions() throws CommandFailure {}

    /** Does what the command is for. */
    protected abstract void act() throws CommandFailure;

    /** What helps against a failure, beyond its own lines. */
    protected List<String> remedies(CommandFailure failure) {
        return List.of();
    }

    /** Prints the answer: as JSON with {@code --json}, else for humans. Warnings go to standard error. */
    public final void print(ApiAnswer answer, Consumer<JsonNode> forHumans) {
        print(answer, "", forHumans);
    }

    /** @param about begins each warning: says which of several objects it is about */
    public final void print(ApiAnswer answer, String about, Consumer<JsonNode> forHumans) {
        if (printsJson()) {
            printJson(answer.body().isEmpty() ? "{}" : answer.body().stripTrailing());
            return;
        }
        answer.json()
                .path("warnings")
                .forEach(warning -> err().println(TextTable.plain(about + "warning: " + warning.asText())));
        answer.json()
                .path(ApiClient.UNREADABLE)
                .forEach(name -> err().println(TextTable.plain("warning: " + name.asText() + " cannot be read")));
        forHumans.accept(answer.json());
    }

    private void printJson(String json) {
        hasPrintedJson = true;
        out().println(TextTable.plainJson(json));
    }

    /** Declares that the output is lines of JSON even without {@code --json}: a failure must not add a line. */
    public final void printsLines() {
        hasPrintedJson = true;
    }

    /**
     * Prints a secret that the server shows only once. It is alone on standard output, so it can be redirected to a
     * file.
     *
     * @param notes for the human, on standard error
     */
    public final void printSecret(ApiAnswer answer, String secret, String... notes) throws CommandFailure {
        String told = answer.text(secret);
        print(answer, nothing -> {
            out().println(TextTable.plain(told));
            for (String note : notes) {
                err().println(TextTable.plain(note));
            }
        });
    }

    /** A failure's lines; problems from the server name this command's options. */
    public final List<String> errorLines(CommandFailure failure) {
        return failure.isRefusal()
                ? failure.lines().stream()
                        .map(line -> line.startsWith(CommandFailure.PROBLEM) ? OptionNames.in(line, spec()) : line)
                        .toList()
                : failure.lines();
    }

    /** Whether the output is JSON, so names and other help for humans are not needed. */
    public abstract boolean printsJson();

    public final PrintWriter out() {
        return spec().commandLine().getOut();
    }

    public final PrintWriter err() {
        return spec().commandLine().getErr();
    }

    protected final ParseResult parsed() {
        return spec().commandLine().getParseResult();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled this command in");
        }
        return spec;
    }
}
