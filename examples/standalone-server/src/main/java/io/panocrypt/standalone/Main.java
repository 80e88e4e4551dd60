package io.panocrypt.standalone;

import io.panocrypt.policy.spi.store.StoreException;
import io.panocrypt.standalone.cli.OperatorCommands;
import io.panocrypt.standalone.cli.ShowKeysCommand;
import io.panocrypt.standalone.cli.UnsealCommand;
import io.panocrypt.standalone.cli.base.ServerEnvironment;
import io.panocrypt.standalone.cli.base.WrongUsage;
import io.panocrypt.standalone.common.BuildInfo;
import io.panocrypt.standalone.common.Logging;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.demo.DemoCommand;
import io.panocrypt.standalone.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code panocrypt} command. */
@Command(
        name = "panocrypt",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Automatic disk unlock for LUKS and Clevis, when policy allows it.",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            AdminTokenCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            SchemaCommand.class,
            CompletionCommand.class
        })
public final class Main implements Runnable {
    private static final char UNDECODED = '\ufffd';

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) throws IOException {
        Logging.install();
        Logging.configure();
        System.exit(execute(arguments));
    }

    /**
     * Runs a command and returns its exit code: 0 success, 1 refused or failed, 2 wrong options, 3 no server reached.
     */
    static int execute(String... arguments) {
        Optional<String> unreadable = unreadable(arguments, System.getenv());
        if (unreadable.isPresent()) {
            return report(
                    StartupException.usage(List.of(unreadable.get())), new CommandLine(new Main()).getCommandSpec());
        }
        try {
            return command(arguments, System.getenv()).execute(arguments);
        } catch (StartupException e) {
            return report(e, named(arguments).getCommandSpec());
        }
    }

    /** The command that the first argument names, before defaults are known; the whole program if it names none. */
    private static CommandLine named(String... arguments) {
        CommandLine program = new CommandLine(new Main());
        return arguments.length == 0 ? program : program.getSubcommands().getOrDefault(arguments[0], program);
    }

    /**
     * Builds all commands.
     *
     * @throws StartupException if the file that {@code --config} names is wrong
     */
    static CommandLine command(String[] arguments, Map<String, String> environment) {
        CommandLine command = new CommandLine(new Main());
        command.setExpandAtFiles(false);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((failure, line, result) -> {
            if (failure instanceof StartupException reason) {
                return report(reason, line.getCommandSpec());
            }
            if (failure instanceof StoreException fault) {
                return report(
                        new StartupException("the store fails: " + Storage.describe(fault), fault),
                        line.getCommandSpec());
            }
            throw failure;
        });
        // Set before adding the operator commands, so an environment variable cannot confirm a revocation.
        command.setDefaultValueProvider(Defaults.of(environment, arguments, localOptions(command)));
        command.addSubcommand(new CommandLine(new ShowKeysCommand()).setDefaultValueProvider(new ServerEnvironment()));
        command.addSubcommand(new CommandLine(new UnsealCommand()).setDefaultValueProvider(new ServerEnvironment()));
        OperatorCommands.addTo(command);
        return command;
    }

    /** Finds U+FFFD, which the JVM puts in place of undecodable bytes. Accepting it would change what was typed. */
    static Optional<String> unreadable(String[] arguments, Map<String, String> environment) {
        Stream<String> named = IntStream.range(0, arguments.length)
                .filter(i -> arguments[i].indexOf(UNDECODED) >= 0)
                .mapToObj(i -> "argument " + (i + 1));
        Stream<String> variables = environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("PANOCRYPT_"))
                .filter(variable -> variable.getValue().indexOf(UNDECODED) >= 0)
                .map(Map.Entry::getKey)
                .sorted();
        return Stream.concat(named, variables)
                .findFirst()
                .map(what -> what + wrongEncoding(System.getProperty("sun.jnu.encoding")));
    }

    static String wrongEncoding(String locale) {
        return locale.equals("UTF-8")
                ? " is not valid UTF-8"
                : " is not readable in the locale's encoding (" + locale + "); set LC_ALL=C.UTF-8";
    }

    /** @param command the command whose help to name if its options are wrong */
    private static int report(StartupException reason, CommandSpec command) {
        System.err.println("panocrypt: " + reason.getMessage());
        if (reason.exitCode() == CommandLine.ExitCode.USAGE) {
            System.err.println(WrongUsage.help(command));
        }
        return reason.exitCode();
    }

    private static Set<String> localOptions(CommandLine command) {
        return command.getSubcommands().values().stream()
                .flatMap(local -> local.getCommandSpec().options().stream())
                .map(option -> option.longestName().replaceFirst("^--", ""))
                .collect(Collectors.toSet());
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"panocrypt " + BuildInfo.VERSION};
        }
    }
}
