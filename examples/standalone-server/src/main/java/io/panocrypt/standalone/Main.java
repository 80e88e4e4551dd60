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
        command.setExpandAtFiles(false);
        // Before the operator's commands come in: an environment that confirms a revocation is nobody's wish.
        command.setDefaultValueProvider(Defaults.of(System.getenv(), arguments));
        OperatorCommands.addTo(command);
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
