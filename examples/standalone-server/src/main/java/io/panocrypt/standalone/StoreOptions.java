package io.panocrypt.standalone;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.policy.store.jdbc.JdbcSettings;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.standalone.common.StartupException;
import io.panocrypt.standalone.masterkey.KeyToken;
import io.panocrypt.standalone.masterkey.MasterKeySettings;
import io.panocrypt.standalone.masterkey.Passphrase;
import io.panocrypt.standalone.masterkey.WrapSecrets;
import io.panocrypt.standalone.storage.DataDirectory;
import io.panocrypt.standalone.storage.JdbcLogin;
import io.panocrypt.standalone.storage.Storage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the store. */
final class StoreOptions {
    private static final String PASSWORD_VARIABLE = "PANOCRYPT_JDBC_PASSWORD";

    private static final Pattern OTHER_SERVERS = Pattern.compile("[?&]targetServerType=(?!(?:primary|master)(?:&|$))");

    private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,63}");

    @Option(names = "--data", paramLabel = "DIR", description = "Directory of the state (default: ./panocrypt-data).")
    private Path data = Path.of("panocrypt-data");

    @Option(
            names = "--master-key-file",
            paramLabel = "F",
            description = "The master key (default: DIR/master-key); keep it apart from the state and its backups.")
    private @Nullable Path masterKeyFile;

    @Option(
            names = "--previous-master-key-file",
            paramLabel = "F",
            split = ",",
            description = "A master key that is being replaced; see 'master-key rewrap'. May be given again.")
    private List<Path> previousMasterKeyFiles = new ArrayList<>();

    @Option(
            names = "--master-key-passphrase-file",
            paramLabel = "F",
            description = "The passphrase of master keys that are wrapped (default: asked for on the terminal).")
    private @Nullable Path masterKeyPassphraseFile;

    @Option(
            names = KeyToken.OPTION,
            paramLabel = "URI",
            description = "The token with the key that master keys are wrapped under, written as for --pkcs11;"
                    + " see 'master-key wrap'.")
    private @Nullable String masterKeyToken;

    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            description =
                    "A PostgreSQL database instead of SQLite in DIR: jdbc:postgresql://HOST/DATABASE?sslmode=verify-full")
    private @Nullable String jdbcUrl;

    @Option(names = "--jdbc-user", paramLabel = "U", description = "Its user.")
    private @Nullable String jdbcUser;

    @Option(
            names = "--jdbc-password-file",
            paramLabel = "F",
            description =
                    "Holds the user's password, read at each connection (default: the environment's PANOCRYPT_JDBC_PASSWORD, if any).")
    private @Nullable Path jdbcPasswordFile;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "This node's name among those on the same PostgreSQL (default: host name and port).")
    private @Nullable String node;

    @Option(
            names = "--schema",
            paramLabel = "MODE",
            description = "The tables: CREATE them (the default), VALIDATE their version, or NONE of it.")
    private SchemaMode schema = SchemaMode.CREATE;

    @Option(
            names = "--table-prefix",
            paramLabel = "P",
            description = "The names of tables and indexes begin with it (default: panocrypt_).")
    private String tablePrefix = JdbcSettings.DEFAULTS.tablePrefix();

    @Option(names = "--config", paramLabel = "F", description = "Properties file with defaults for options.")
    private @Nullable Path config;

    /** Refuses contradictory options before anything is opened. */
    void check() {
        List<String> problems = new ArrayList<>();
        String url = jdbcUrl;
        if (url == null) {
            if (jdbcUser != null || jdbcPasswordFile != null || node != null) {
                problems.add("--jdbc-user, --jdbc-password-file and --node go with --jdbc-url");
            }
        } else if (!url.startsWith(JdbcLogin.PREFIX)) {
            problems.add("--jdbc-url must begin with " + JdbcLogin.PREFIX);
        } else if (OTHER_SERVERS.matcher(url).find()) {
            problems.add("--jdbc-url: targetServerType must be primary, since a standby takes no writes and lags");
        }
        if (node != null && !NODE_NAME.matcher(node).matches()) {
            problems.add("--node must have 1 to 63 letters, digits, dots, colons, underscores and hyphens");
        }
        if (masterKeyFile != null && environmentKey().isPresent()) {
            problems.add("--master-key-file and " + MasterKeySettings.VARIABLE + " name two master keys: give one");
        }
        secrets().token().check(problems);
        try {
            settings();
        } catch (IllegalArgumentException e) {
            problems.add("--table-prefix: " + e.getMessage());
        }
        if (!problems.isEmpty()) {
            throw StartupException.usage(problems);
        }
    }

    private JdbcSettings settings() {
        return JdbcSettings.DEFAULTS.with(schema).withTablePrefix(tablePrefix);
    }

    /**
     * The store that the options describe.
     *
     * @param role distinguishes this process from others on the same host
     */
    Storage storage(String role) {
        check();
        DataDirectory files = new DataDirectory(
                data,
                Optional.ofNullable(masterKeyFile).orElse(DataDirectory.masterKeyIn(data)),
                new MasterKeySettings(environmentKey(), secrets(), previousMasterKeyFiles));
        if (jdbcUrl == null) {
            return Storage.local(files).with(settings());
        }
        JdbcLogin login = new JdbcLogin(jdbcUrl, Optional.ofNullable(jdbcUser), this::password);
        return new Storage(files, Optional.of(login), node != null ? node : hostName() + ":" + role, settings());
    }

    private WrapSecrets secrets() {
        return new WrapSecrets(new Passphrase(masterKeyPassphraseFile), new KeyToken(KeyToken.OPTION, masterKeyToken));
    }

    private static Optional<Supplier<MasterKey>> environmentKey() {
        return MasterKeySettings.inEnvironment(System.getenv());
    }

    /** Refuses a second source of the master key beside shares. */
    void checkSealed(List<String> problems) {
        if (masterKeyFile != null || environmentKey().isPresent()) {
            problems.add("--sealed does without --master-key-file and " + MasterKeySettings.VARIABLE);
        }
    }

    private Optional<String> password() {
        if (jdbcPasswordFile == null) {
            return Optional.ofNullable(System.getenv(PASSWORD_VARIABLE));
        }
        try {
            return Optional.of(Files.readString(jdbcPasswordFile).strip());
        } catch (IOException e) {
            throw new StartupException("cannot read " + jdbcPasswordFile + ": " + StartupException.words(e), e);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new StartupException("this host does not know its name: give --node", e);
        }
    }

    static StoreOptions in(Path data) {
        StoreOptions options = new StoreOptions();
        options.data = data;
        return options;
    }
}
