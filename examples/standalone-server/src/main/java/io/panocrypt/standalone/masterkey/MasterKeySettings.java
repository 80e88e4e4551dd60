package io.panocrypt.standalone.masterkey;

import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.standalone.common.StartupException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a server finds its master keys.
 *
 * @param given makes the master key if it is not in the server's file: from the environment, or from shares
 * @param secrets open files that are wrapped
 * @param previous files of master keys under which stored keys may still be sealed
 */
public record MasterKeySettings(Optional<Supplier<MasterKey>> given, WrapSecrets secrets, List<Path> previous) {
    /** The variable that holds the key itself. */
    public static final String VARIABLE = "PANOCRYPT_MASTER_KEY";

    /** Only the server's file, which is plain, or wrapped under a passphrase that is typed. */
    public static final MasterKeySettings DEFAULT =
            new MasterKeySettings(Optional.empty(), WrapSecrets.TYPED, List.of());

    public MasterKeySettings {
        previous = List.copyOf(previous);
    }

    /** The same settings with another source of the master key. */
    public MasterKeySettings from(Supplier<MasterKey> source) {
        return new MasterKeySettings(Optional.of(source), secrets, previous);
    }

    /** The key in the environment; empty if the variable is not set or empty. */
    public static Optional<Supplier<MasterKey>> inEnvironment(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(value -> !value.isEmpty())
                .map(value -> () -> parse(value));
    }

    private static MasterKey parse(String value) {
        byte[] line = value.getBytes(StandardCharsets.UTF_8);
        try {
            return MasterKey.parse(line);
        } catch (IllegalArgumentException e) {
            throw new StartupException(VARIABLE + " is not one line of 43 base64url characters");
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }
}
