package io.panocrypt.benchmarks.ec;

import io.panocrypt.crypto.ec.EcEngine;
import io.panocrypt.crypto.ec.JcaEngine;
import io.panocrypt.crypto.ec.ScalarMultiplier;
import io.panocrypt.crypto.tang.JcaJwsSigner;
import io.panocrypt.crypto.tang.JwsSigner;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/** The contenders available on this machine, all with the same key and point. */
final class Contest {
    private final Material material;
    private final SecureRandom random;
    private final @Nullable NativeRivals natives;

    Contest(Material material, SecureRandom random, @Nullable NativeRivals natives) {
        this.material = material;
        this.random = random;
        this.natives = natives;
    }

    /** The contenders of a row, in the order of the columns. */
    List<Contender> of(Row row) throws GeneralSecurityException {
        List<Contender> contenders = new ArrayList<>();
        for (Rival rival : Rival.values()) {
            if (row.concerns(rival)) {
                contender(row, rival).ifPresent(contenders::add);
            }
        }
        return contenders;
    }

    private Optional<Contender> contender(Row row, Rival rival) throws GeneralSecurityException {
        return switch (rival) {
            case OWN -> java(rival, row == Row.SIGN ? ownSignature() : behindSeam(row, Engines.own(random)));
            case SUN_EC -> java(rival, jca(row, Engines.sunEc(random), JcaEngine.jdkProvider()));
            case CORRETTO -> {
                Optional<Provider> provider = Engines.correttoProvider();
                yield provider.isEmpty()
                        ? Optional.empty()
                        : java(rival, jca(row, new JcaEngine(provider.get(), random), provider.get()));
            }
            case BOUNCY_CASTLE -> java(rival, bouncyCastle(row));
            case OPENSSL -> Optional.ofNullable(natives).map(it -> it.contender(rival, nativeName(row)));
            case LIBJOSE ->
                Optional.ofNullable(natives)
                        .filter(NativeRivals::hasLibjose)
                        .map(it -> it.contender(rival, "exchange"));
        };
    }

    private static Optional<Contender> java(Rival rival, Operation operation) {
        return Optional.of(new JavaContender(rival, operation));
    }

    private Operation jca(Row row, EcEngine engine, Provider provider) throws GeneralSecurityException {
        return row == Row.SIGN ? signature(provider) : behindSeam(row, engine);
    }

    /** An operation through {@link EcEngine}, the interface of the project's engines. */
    private Operation behindSeam(Row row, EcEngine engine) {
        ScalarMultiplier multiplier = engine.multiplier(material.key());
        return switch (row) {
            case SERVER -> () -> material.serve(multiplier);
            case MULTIPLY -> () -> material.multiply(multiplier);
            case POINT -> () -> multiplier.multiply(material.point());
            case GENERATE, GENERATE_TO_MULTIPLY -> () -> engine.generate(Material.CURVE);
            case SIGN -> throw new IllegalArgumentException("an engine does not sign");
        };
    }

    private Operation ownSignature() {
        JwsSigner signer = new JcaJwsSigner(material.key(), random);
        return () -> signer.sign(material.message());
    }

    private Operation bouncyCastle(Row row) throws GeneralSecurityException {
        BigInteger scalar = new BigInteger(1, material.key().copyScalar());
        return switch (row) {
            case SERVER, MULTIPLY -> () -> BouncyCastle.multiply(material.x(), material.y(), scalar);
            case POINT -> () -> BouncyCastle.multiply(material.point(), scalar);
            case GENERATE, GENERATE_TO_MULTIPLY -> () -> BouncyCastle.generate(scalar);
            case SIGN -> signature(new BouncyCastleProvider());
        };
    }

    private Operation signature(Provider provider) throws GeneralSecurityException {
        PrivateKey secret = material.key().toJcaPrivateKey(provider);
        Signature signer = Signature.getInstance(Material.CURVE.jcaSignatureName(), provider);
        return () -> {
            signer.initSign(secret, random);
            signer.update(material.message());
            return signer.sign();
        };
    }

    private static String nativeName(Row row) {
        return switch (row) {
            case SERVER, MULTIPLY, GENERATE_TO_MULTIPLY -> "multiply";
            case POINT -> "point";
            case GENERATE -> "generate";
            case SIGN -> "sign";
        };
    }
}
