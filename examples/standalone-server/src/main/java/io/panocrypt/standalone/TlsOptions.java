package io.panocrypt.standalone;

import io.panocrypt.standalone.web.TlsFiles;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of HTTPS: addresses, certificates and keys. */
final class TlsOptions {
    @Option(names = "--tls-cert", paramLabel = "F", description = "Certificate chain, PEM; for HTTPS.")
    private @Nullable Path cert;

    @Option(names = "--tls-key", paramLabel = "F", description = "Its private key, PKCS #8 in PEM.")
    private @Nullable Path key;

    @Option(
            names = "--admin-tls-cert",
            paramLabel = "F",
            description = "Certificate chain of --admin-listen alone (default: that of --tls-cert, if any).")
    private @Nullable Path adminCert;

    @Option(names = "--admin-tls-key", paramLabel = "F", description = "Its private key.")
    private @Nullable Path adminKey;

    /** @param hasAdmin whether operators have a separate address */
    void check(boolean hasAdmin, List<String> problems) {
        if ((cert == null) != (key == null)) {
            problems.add("--tls-cert and --tls-key go together");
        }
        if ((adminCert == null) != (adminKey == null)) {
            problems.add("--admin-tls-cert and --admin-tls-key go together");
        }
        if (adminCert != null && !hasAdmin) {
            problems.add("--admin-tls-cert needs --admin-listen");
        }
    }

    /** The pair for devices, and for operators without a separate pair. */
    Optional<TlsFiles> files() {
        return files(cert, key);
    }

    /** The pair for operators on a separate address. */
    Optional<TlsFiles> adminFiles() {
        return files(adminCert, adminKey);
    }

    private static Optional<TlsFiles> files(@Nullable Path cert, @Nullable Path key) {
        return cert == null || key == null
                ? Optional.empty()
                : Optional.of(new TlsFiles(cert, key, InstantSource.system()));
    }
}
