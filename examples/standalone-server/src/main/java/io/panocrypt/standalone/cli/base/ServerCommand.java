package io.panocrypt.standalone.cli.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a server: its failures become lines on standard error and an exit code. */
public abstract class ServerCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    /** With {@code --json} standard output holds one value, neither none nor two. */
    private boolean hasPrintedJson;

    @Override
    public final Integer call() {
        try {
            checkOptions();
            act();
            return 0;
        } catch (CommandFailure e) {
            told(e).forEach(line -> err().println(TextTable.plain(line)));
            if (e.isWrongInput()) {
                err().println(WrongUsage.help(spec()));
            }
            if (server.json() && !hasPrintedJson) {
                printJson(e.problem().toString());
            }
            return e.exitCode();
        }
    }

    /** Refuses what can be told to be wrong without a server. */
    protected void checkOptions() throws CommandFailure {}

    /** Asks the server; overridden where a command can do without one. */
    protected void act() throws CommandFailure {
        ask(new ApiClient(server.address(), server.token(), server.tls()));
    }

    protected abstract void ask(ApiClient api) throws CommandFailure;

    /** Prints the answer: its JSON with {@code --json}, else for humans, with its warnings on standard error. */
    public final void print(ApiAnswer answer, Consumer<JsonNode> forHumans) {
        if (server.json()) {
            printJson(answer.body().isEmpty() ? "{}" : answer.body().stripTrailing());
            return;
        }
        answer.json()
                .path("warnings")
                .forEach(warning -> err().println(TextTable.plain("warning: " + warning.asText())));
        answer.json()
                .path(ApiClient.UNREADABLE)
                .forEach(name -> err().println(TextTable.plain("warning: " + name.asText() + " cannot be read")));
        forHumans.accept(answer.json());
    }

    private void printJson(String json) {
        hasPrintedJson = true;
        out().println(TextTable.plainJson(json));
    }

    /** Tells that this command's output is lines of JSON even without {@code --json}: a failure adds none to them. */
    public final void printsLines() {
        hasPrintedJson = true;
    }

    /**
     * Prints a secret that the server tells only once, alone on its line so that it can be sent to a file.
     *
     * @param notes for the human who watches, on standard error
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

    /** A failure's lines, those of the server in the words of this command. */
    public final List<String> told(CommandFailure failure) {
        return failure.isRefusal()
                ? failure.lines().stream()
                        .map(line -> line.startsWith(CommandFailure.PROBLEM) ? OptionNames.in(line, spec()) : line)
                        .toList()
                : failure.lines();
    }

    /** Whether names and other comforts are of no use to the reader. */
    public final boolean printsJson() {
        return server.json();
    }

    public final PrintWriter out() {
        return spec().commandLine().getOut();
    }

    public final PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled this command in");
        }
        return spec;
    }
}
