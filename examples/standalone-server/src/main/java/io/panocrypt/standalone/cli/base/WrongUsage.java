package io.panocrypt.standalone.cli.base;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports wrong usage in one line, and in a second line where to find help. */
public final class WrongUsage {
    private static final int MAX_SUGGESTIONS = 3;

    private WrongUsage() {}

    /** Writes both lines to standard error; returns the exit code. */
    public static int report(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        PrintWriter err = command.getErr();
        err.println(TextTable.plain(line(wrong, spec)));
        err.println(help(spec));
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /**
     * Runs the typed command, or shows its help.
     *
     * @throws UnmatchedArgumentException for a word that is no command, which picocli passes over where {@code --help} follows
     */
    public static int runUnlessUnmatched(ParseResult typed) {
        for (ParseResult part = typed; part != null; part = part.subcommand()) {
            if (!part.unmatched().isEmpty()) {
                throw new UnmatchedArgumentException(part.commandSpec().commandLine(), part.unmatched());
            }
        }
        return new RunLast().execute(typed);
    }

    /** The line that names the command's help. */
    public static String help(CommandSpec spec) {
        return "see '" + spec.qualifiedName() + " --help'";
    }

    private static String line(ParameterException wrong, CommandSpec spec) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            return first.startsWith("-") || spec.subcommands().isEmpty()
                    ? wrong.getMessage() + suggested(unmatched)
                    : "'" + first + "' is no command of '" + spec.qualifiedName() + "'" + commands(spec);
        }
        return spec.userObject() instanceof CommandGroup
                ? wrong.getMessage() + commands(spec)
                : String.valueOf(wrong.getMessage());
    }

    /** Suggests options only: other words would be compared with all command names. */
    private static String suggested(UnmatchedArgumentException unmatched) {
        List<String> options = unmatched.getSuggestions().stream()
                .filter(option -> option.startsWith("-"))
                .limit(MAX_SUGGESTIONS)
                .toList();
        return options.isEmpty() ? "" : "; did you mean " + String.join(", ", options) + "?";
    }

    private static String commands(CommandSpec spec) {
        return ": one of " + String.join(", ", visible(spec));
    }

    private static List<String> visible(CommandSpec spec) {
        return spec.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(sub -> !sub.usageMessage().hidden())
                .map(CommandSpec::name)
                .distinct()
                .toList();
    }
}
