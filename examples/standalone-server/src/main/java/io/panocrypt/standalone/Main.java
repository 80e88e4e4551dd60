package io.panocrypt.standalone;

import io.panocrypt.standalone.cli.OperatorCommands;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code panocrypt} command. */
@Command(
        name = "panocrypt",
        mixinStandardHelpOptions = true,
        version = "panocrypt 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        description = "Automatic disk unlock for LUKS and Clevis, when policy allows it.",
        subcommands = {ServeCommand.class, DemoCommand.class, AdminTokenCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) throws IOException {
        Logging.configure();
        CommandLine command = new CommandLine(new Main());
        OperatorCommands.addTo(command);
        Defaults defaults = Defaults.of(System.getenv(), arguments);
        command.setDefaultValueProvider(defaults);
        command.getSubcommands().values().forEach(sub -> sub.setDefaultValueProvider(defaults));
        command.registerConverter(Path.class, Path::of);
        command.setExecutionExceptionHandler((failure, line, result) -> {
            if (failure instanceof StartupException) {
                line.getErr().println("panocrypt: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw failure;
        });
        System.exit(command.execute(arguments));
    }
}
