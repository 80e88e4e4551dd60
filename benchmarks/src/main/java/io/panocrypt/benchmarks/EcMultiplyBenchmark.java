package io.panocrypt.benchmarks;

import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the arithmetic of one answer: a point times a private key, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class EcMultiplyBenchmark {
    @Param({"secp521r1", "secp256r1"})
    public String curve = "secp521r1";

    @Param({"two-sunec-ecdh", "bouncy-castle"})
    public String engine = "two-sunec-ecdh";

    private Multiplication multiplication = () -> new Object();

    /** One multiplication with everything prepared: curve, key and point. */
    interface Multiplication {
        Object run() throws GeneralSecurityException;
    }

    @Setup
    public void prepare() throws GeneralSecurityException {
        EcMaterial material = EcMaterial.fresh(curve);
        multiplication = switch (engine) {
            case "two-sunec-ecdh" -> material.twoSunEcCalls();
            case "bouncy-castle" -> material.bouncyCastle();
            // To add an engine, add a line here and a name above.
            default -> throw new IllegalArgumentException("no such engine: " + engine);
        };
    }

    @Benchmark
    public Object multiply() throws GeneralSecurityException {
        return multiplication.run();
    }
}
