package io.panocrypt.standalone.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells what was typed wrong in one line, and where the help is in another. */
final class WrongUsage {
    private static final int MAX_SUGGESTIONS = 3;

    private WrongUsage() {}

    /** Writes both lines to standard error; returns the exit code. */
    static int tell(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        PrintWriter err = command.getErr();
        err.println(TextTable.plain(line(wrong, spec)));
        err.println("see '" + spec.qualifiedName() + " --help'");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static String line(ParameterException wrong, CommandSpec spec) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            return suggestions.isEmpty()
                    ? wrong.getMessage()
                    : wrong.getMessage() + "; did you mean "
                            + String.join(", ", suggestions.subList(0, Math.min(MAX_SUGGESTIONS, suggestions.size())))
                            + "?";
        }
        return spec.subcommands().isEmpty() || !(spec.userObject() instanceof CommandGroup)
                ? wrong.getMessage()
                : wrong.getMessage() + ": one of " + String.join(", ", visible(spec));
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
