package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.ServerCommand;
import java.util.stream.Stream;
import picocli.CommandLine;

/** All commands. */
final class CommandTree {
    /** Created once and only read, since creating it takes longer than any command. */
    private static final CommandLine ROOT = root();

    private CommandTree() {}

    private static CommandLine root() {
        CommandLine root = new CommandLine(new CliFixture.Root());
        OperatorCommands.addTo(root);
        return root;
    }

    /** The names of all commands without subcommands that ask a server. */
    static Stream<String> commands() {
        return leaves(ROOT).filter(name -> find(name).getCommand() instanceof ServerCommand);
    }

    private static CommandLine find(String command) {
        CommandLine found = ROOT;
        for (String name : command.split(" ")) {
            found = found.getSubcommands().get(name);
        }
        return found;
    }

    private static Stream<String> leaves(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(entry -> entry.getValue().getSubcommands().isEmpty()
                        ? Stream.of(entry.getKey())
                        : leaves(entry.getValue()).map(name -> entry.getKey() + " " + name));
    }

    /** Whether the command prints a table and so has {@code --wide}. */
    static boolean hasWideForm(String command) {
        return find(command).getCommandSpec().findOption("--wide") != null;
    }
}
