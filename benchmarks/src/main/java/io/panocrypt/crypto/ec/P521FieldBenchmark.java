package io.panocrypt.crypto.ec;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Products and squares in the field of P-521. Each depends on the one before, as in a multiplication.
 *
 * <p>It is in this package because the field is package-private.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class P521FieldBenchmark {
    private static final int CHAIN = 1000;

    private final P521Field field = new P521Field();
    private final long[] a = new long[P521Field.LIMBS];
    private final long[] b = new long[P521Field.LIMBS];

    @Setup
    public void fill() {
        Random random = new Random();
        byte[] bytes = new byte[P521Codec.BYTES];
        random.nextBytes(bytes);
        bytes[0] &= 1;
        P521Codec.decode(a, bytes);
        random.nextBytes(bytes);
        bytes[0] &= 1;
        P521Codec.decode(b, bytes);
    }

    @Benchmark
    @OperationsPerInvocation(CHAIN)
    public long[] mul() {
        for (int i = 0; i < CHAIN; i++) {
            field.mul(a, a, b);
        }
        return a;
    }

    @Benchmark
    @OperationsPerInvocation(CHAIN)
    public long[] sqr() {
        for (int i = 0; i < CHAIN; i++) {
            field.sqr(a, a);
        }
        return a;
    }
}
