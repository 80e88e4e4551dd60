package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.StandardEngine;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Optional;

/** Creates the project's {@link EcEngine} for each rival. */
final class Engines {
    private static final String CORRETTO = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    private Engines() {}

    /** The engine that the project uses by default for P-521. */
    static EcEngine own(SecureRandom random) {
        return new StandardEngine(random);
    }

    /** The JDK's own provider. */
    static EcEngine sunEc(SecureRandom random) {
        return new JcaEngine(random);
    }

    /** Amazon's provider, if its jar supports this platform and its native library loads. */
    static Optional<Provider> correttoProvider() {
        try {
            Provider provider =
                    (Provider) Class.forName(CORRETTO).getField("INSTANCE").get(null);
            return provider.getService("KeyAgreement", "ECDH") == null ? Optional.empty() : Optional.of(provider);
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }
}
