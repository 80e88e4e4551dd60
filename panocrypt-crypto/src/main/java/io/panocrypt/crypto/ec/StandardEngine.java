package io.panocrypt.crypto.ec;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The engine to use unless a provider keeps the keys: our own arithmetic for P-521, the JDK's provider for the rest.
 *
 * <p>Every multiplication takes secret-independent time. Thread-safe. Use one instance for the whole application: its
 * multipliers share working memory.
 */
public final class StandardEngine implements EcEngine {
    /** Multiplications after which the Java runtime has compiled the arithmetic, as measured: {@value}. */
    public static final int WARM_UP_MULTIPLICATIONS = 150;

    private final SecureRandom random;
    private final JcaEngine others;
    private final P521Workers workers = new P521Workers();

    /**
     * Creates an engine.
     *
     * @param random the source of new keys
     * @throws EcEngineException if the Java runtime has no EC support
     */
    public StandardEngine(SecureRandom random) {
        this.random = random;
        this.others = new JcaEngine(random);
    }

    /**
     * Tests our own arithmetic on known answers, repeatedly, which makes the Java runtime compile it. Call it before
     * serving, or the first multiplications are slow. {@link #WARM_UP_MULTIPLICATIONS} take less than a second.
     *
     * @param multiplications how many to run, rounded up to a multiple of 4
     * @throws EcEngineException if an answer is wrong; this machine must then not serve
     * @throws IllegalArgumentException unless the number is positive
     */
    public void warmUp(int multiplications) {
        if (multiplications <= 0) {
            throw new IllegalArgumentException("a warm-up takes at least one multiplication");
        }
        P521Worker worker = workers.take();
        try {
            for (int done = 0; done < multiplications; done += 4) {
                P521SelfTest.run(worker);
            }
        } finally {
            workers.giveBack(worker);
        }
    }

    @Override
    public EcKeyPair generate(Curve curve) {
        if (curve != Curve.P_521) {
            return others.generate(curve);
        }
        byte[] scalar = new byte[P521Codec.BYTES];
        P521Worker worker = workers.take();
        try {
            do {
                random.nextBytes(scalar);
                scalar[0] &= 1;
            } while (!EcKeyPair.inRange(scalar, curve.n()));
            worker.load(scalar);
            return EcKeyPair.of(curve, scalar, worker.multiplyGenerator());
        } finally {
            Arrays.fill(scalar, (byte) 0);
            workers.giveBack(worker);
        }
    }

    @Override
    public ScalarMultiplier multiplier(EcKeyPair key) {
        if (key.curve() != Curve.P_521) {
            return others.multiplier(key);
        }
        return new P521Multiplier(key.copyScalar(), key.publicKey(), workers);
    }
}
