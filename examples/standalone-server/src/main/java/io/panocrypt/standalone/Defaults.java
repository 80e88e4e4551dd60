package io.panocrypt.standalone;

import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Supplies option values that the command line does not give. Looks first in the environment ({@code PANOCRYPT_LISTEN}
 * for {@code --listen}), then in the properties file named by {@code --config} ({@code listen}).
 */
final class Defaults implements IDefaultValueProvider {
    private static final String CONFIG = "--config";

    private final Map<String, String> environment;
    private final Properties file;

    private Defaults(Map<String, String> environment, Properties file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * Reads the defaults from the environment and the file.
     *
     * @param known the names of the options that the file may set
     */
    static Defaults of(Map<String, String> environment, String[] arguments, Set<String> known) {
        Properties properties = new Properties();
        String path = variable(environment, "PANOCRYPT_CONFIG");
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals(CONFIG) && i + 1 < arguments.length) {
                path = arguments[i + 1];
            } else if (arguments[i].startsWith(CONFIG + "=")) {
                path = arguments[i].substring(CONFIG.length() + 1);
            }
        }
        if (path != null) {
            try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (NoSuchFileException e) {
                throw StartupException.usage(List.of(CONFIG + ": there is no file " + path));
            } catch (IOException | IllegalArgumentException e) {
                throw StartupException.usage(List.of(CONFIG + ": cannot read " + path + ": " + e.getMessage()));
            }
        }
        List<String> strangers = properties.stringPropertyNames().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .map(name -> CONFIG + ": no option has the name " + name)
                .toList();
        if (!strangers.isEmpty()) {
            throw StartupException.usage(strangers);
        }
        return new Defaults(environment, properties);
    }

    /** An empty variable counts as not set: unit files and containers have no other way to unset one. */
    private static @Nullable String variable(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !option.longestName().startsWith("--")) {
            return null;
        }
        String name = option.longestName().substring(2);
        String variable = "PANOCRYPT_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
        String value = variable(environment, variable);
        return value != null ? value : file.getProperty(name);
    }
}
