package io.panocrypt.benchmarks.custody;

import io.panocrypt.crypto.custody.CustodyKey;
import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.KeyLabel;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.Pkcs11KeyCustody;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.crypto.ec.Curve;
import io.panocrypt.crypto.ec.EcPoint;
import io.panocrypt.crypto.tang.KeyRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Exchanges per second in a custody, on P-521. The token is the one of the URI in {@code PANOCRYPT_PKCS11}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CustodyBenchmark {
    private static final String URI = "PANOCRYPT_PKCS11";
    private static final KeyLabel LABEL = new KeyLabel("benchmark", 1, KeyRole.EXCHANGE, Curve.P_521);

    @Param({"SEALED", "PKCS11"})
    public String custody = "SEALED";

    private Callable<EcPoint> exchange = () -> EcPoint.generator(Curve.P_521);
    private Runnable destruction = () -> {};

    @Setup
    public void prepare() throws IOException {
        KeyCustody tested = custody.equals("SEALED") ? sealed() : token();
        CustodyKey key = tested.generate(LABEL);
        EcPoint generator = EcPoint.generator(Curve.P_521);
        EcPoint point = generator.add(generator).orElseThrow();
        exchange = () -> tested.exchange(LABEL, key, point);
        destruction = () -> tested.destroy(LABEL, key);
    }

    private static KeyCustody sealed() throws IOException {
        Path folder = Files.createTempDirectory("custody");
        Path file = folder.resolve("master-key");
        MasterKey master = MasterKey.create(file, new SecureRandom());
        Files.delete(file);
        Files.delete(folder);
        return SealedKeyCustody.of(master);
    }

    private static KeyCustody token() throws IOException {
        String uri = System.getenv(URI);
        if (uri == null) {
            throw new IllegalStateException(URI + " must be the URI of a token");
        }
        return Pkcs11KeyCustody.open(uri);
    }

    @TearDown
    public void remove() {
        destruction.run();
    }

    @Benchmark
    public EcPoint exchange() throws Exception {
        return exchange.call();
    }
}
