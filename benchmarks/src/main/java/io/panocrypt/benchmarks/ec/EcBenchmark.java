package io.panocrypt.benchmarks.ec;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
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

/** The Java columns of the comparison under JMH, one per JVM. {@code -prof gc} shows the allocations. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class EcBenchmark {
    @Param({"SERVER", "MULTIPLY", "POINT", "GENERATE", "SIGN"})
    public String row = "SERVER";

    @Param({"OWN", "SUN_EC", "CORRETTO", "BOUNCY_CASTLE"})
    public String rival = "OWN";

    private Operation operation = () -> new Object();

    @Setup
    public void prepare() throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        Contest contest = new Contest(Material.fresh(random), random, null);
        operation = contest.of(Row.valueOf(row)).stream()
                .filter(contender -> contender.rival() == Rival.valueOf(rival))
                .map(contender -> ((JavaContender) contender).operation())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(rival + " is absent on this machine"));
    }

    @Benchmark
    public Object run() throws GeneralSecurityException {
        return operation.run();
    }
}
