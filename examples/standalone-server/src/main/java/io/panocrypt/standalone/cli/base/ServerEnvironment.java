package io.panocrypt.standalone.cli.base;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Takes the server, the token and the trusted certificates from the environment if they are not typed. No other option:
 * a variable must not confirm anything. An empty variable counts as not set.
 */
public final class ServerEnvironment implements IDefaultValueProvider {
    static final Map<String, String> VARIABLES = Map.of(
            "--url", "PANOCRYPT_URL",
            "--token-file", "PANOCRYPT_TOKEN_FILE",
            "--ca", "PANOCRYPT_CA");

    /** The value of an option in the environment. */
    static Optional<String> value(String option) {
        return Optional.ofNullable(VARIABLES.get(option)).map(System::getenv).filter(value -> !value.isEmpty());
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? value(option.longestName()).orElse(null)
                : null;
    }
}
