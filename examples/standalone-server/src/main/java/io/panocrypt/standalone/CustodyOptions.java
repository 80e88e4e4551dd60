package io.panocrypt.standalone;

import io.panocrypt.crypto.custody.Pkcs11KeyCustody;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.standalone.common.StartupException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of custodies beside the site's own. */
final class CustodyOptions {
    private static final String URI_OPTION = "--pkcs11";
    /** The name of the custody in a PKCS#11 token; it must not change as long as a device has keys there. */
    private static final String PKCS11 = "pkcs11";

    @Option(
            names = URI_OPTION,
            paramLabel = "URI",
            description = "A token for device keys, by RFC 7512, such as"
                    + " 'pkcs11:token=NAME?module-path=/path/to/module.so&pin-source=file:/path/to/pin'.")
    private @Nullable String pkcs11;

    @Option(
            names = "--default-custody",
            paramLabel = "NAME",
            description = "Where keys are made for devices that name no custody: site (the default) or pkcs11.")
    private @Nullable String defaultCustody;

    /**
     * Opens the custodies.
     *
     * @throws StartupException if the URI is refused, or the module or the PIN cannot be read
     */
    Consumer<Panocrypt.Builder> settings() {
        Optional<Pkcs11KeyCustody> token = Optional.ofNullable(pkcs11).map(CustodyOptions::open);
        return settings -> {
            token.ifPresent(custody -> settings.custody(PKCS11, custody));
            Optional.ofNullable(defaultCustody).ifPresent(settings::defaultCustody);
        };
    }

    private static Pkcs11KeyCustody open(String uri) {
        try {
            return Pkcs11KeyCustody.open(uri);
        } catch (IllegalArgumentException | IOException e) {
            throw StartupException.usage(List.of(URI_OPTION + ": " + e.getMessage()));
        }
    }
}
