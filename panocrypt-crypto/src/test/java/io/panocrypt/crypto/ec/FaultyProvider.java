package io.panocrypt.crypto.ec;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** The JDK's ECDH, except that one call (counted from 1) returns a secret with a flipped bit; call -1 throws. */
final class FaultyProvider extends Provider {
    private static final long serialVersionUID = 1L;
    private final transient AtomicInteger calls = new AtomicInteger();
    private final int badCall;

    FaultyProvider(int badCall) {
        super("Faulty", "1", "flips a bit");
        this.badCall = badCall;
        putService(new Service(this, "KeyAgreement", "ECDH", Agreement.class.getName(), List.of(), Map.of()) {
            @Override
            public Object newInstance(@Nullable Object parameter) {
                return new Agreement();
            }
        });
    }

    private final class Agreement extends KeyAgreementSpi {
        private final KeyAgreement real;

        private Agreement() {
            try {
                real = KeyAgreement.getInstance("ECDH", JcaEngine.JDK_PROVIDER);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        protected void engineInit(Key key, SecureRandom random) throws InvalidKeyException {
            if (badCall < 0) {
                throw new InvalidKeyException("broken on purpose");
            }
            real.init(key);
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec parameters, SecureRandom random)
                throws InvalidKeyException {
            engineInit(key, random);
        }

        @Override
        protected @Nullable Key engineDoPhase(Key key, boolean lastPhase) throws InvalidKeyException {
            return real.doPhase(key, lastPhase);
        }

        @Override
        protected byte[] engineGenerateSecret() {
            byte[] secret = real.generateSecret();
            if (calls.incrementAndGet() == badCall) {
                secret[secret.length - 1] ^= 1;
            }
            return secret;
        }

        @Override
        protected int engineGenerateSecret(byte[] target, int offset) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SecretKey engineGenerateSecret(String algorithm) {
            throw new UnsupportedOperationException();
        }
    }
}
