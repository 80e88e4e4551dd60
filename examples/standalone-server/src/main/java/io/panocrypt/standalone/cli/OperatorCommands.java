package io.panocrypt.standalone.cli;

import io.panocrypt.standalone.cli.base.ServerEnvironment;
import io.panocrypt.standalone.cli.base.Typed;
import io.panocrypt.standalone.cli.base.WrongUsage;
import io.panocrypt.standalone.cli.device.DeviceCommand;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The operator's commands: {@code device}, {@code request}, {@code group}, {@code user-group}, {@code member},
 * {@code key}, {@code history}, {@code audit}, {@code list}, {@code lockdown}, {@code fence}, {@code webhook}, {@code outbox} and
 * {@code master-key}.
 *
 * <p>Each command asks a running server over REST, except some of {@code master-key}, which work with files. Exit codes: 0 done, 1 refused by the server (with the problem on
 * standard error), 2 usage, 3 no Panocrypt server within reach, 4 a history that is not intact.
 */
public final class OperatorCommands {
    private OperatorCommands() {}

    /** Adds the commands to the root command. Also sets how all commands parse options and report wrong usage. */
    public static void addTo(CommandLine root) {
        Stream.of(
                        new DeviceCommand(),
                        new RequestCommand(),
                        new GroupCommand(),
                        new UserGroupCommand(),
                        new MemberCommand(),
                        new KeyCommand(),
                        new HistoryCommand(),
                        new AuditCommand(),
                        new ListCommand(),
                        new LockdownCommand(),
                        new FenceCommand(),
                        new WebhookCommand(),
                        new OutboxCommand(),
                        new MasterKeyCommand())
                .map(command -> new CommandLine(command).setDefaultValueProvider(new ServerEnvironment()))
                .forEach(root::addSubcommand);
        Typed.addTo(root);
        root.setParameterExceptionHandler((wrong, arguments) -> WrongUsage.report(wrong));
        root.setExecutionStrategy(WrongUsage::runUnlessUnmatched);
    }
}
