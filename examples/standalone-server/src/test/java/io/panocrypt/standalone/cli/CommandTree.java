package io.panocrypt.standalone.cli;

import java.util.stream.Stream;
import picocli.CommandLine;

/** All commands that there are. */
final class CommandTree {
    /** Made once, since to make it costs more than any command, and only looked at. */
    private static final CommandLine ROOT = root();

    private CommandTree() {}

    private static CommandLine root() {
        CommandLine root = new CommandLine(new CliFixture.Root());
        OperatorCommands.addTo(root);
        return root;
    }

    /** The names of all commands that do something. */
    static Stream<String> commands() {
        return leaves(ROOT);
    }

    private static Stream<String> leaves(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(entry -> entry.getValue().getSubcommands().isEmpty()
                        ? Stream.of(entry.getKey())
                        : leaves(entry.getValue()).map(name -> entry.getKey() + " " + name));
    }

    /** Whether it prints a table, so that it can print all of it. */
    static boolean hasWideForm(String command) {
        CommandLine found = ROOT;
        for (String name : command.split(" ")) {
            found = found.getSubcommands().get(name);
        }
        return found.getCommandSpec().findOption("--wide") != null;
    }
}
