package io.panocrypt.benchmarks.load.report;

import io.panocrypt.benchmarks.Spread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The time to write and sync one page of 4 KiB, without a database.
 *
 * @param p50 median, in milliseconds
 * @param p99 in milliseconds
 */
public record RawSync(double p50, double p99) {
    private static final int PAGE = 4_096;
    private static final int WRITES = 500;

    /** Measures 500 writes to a temporary file in the folder. */
    public static RawSync measure(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "sync", null);
        double[] took = new double[WRITES];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < WRITES; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(PAGE));
                channel.force(false);
                took[i] = (double) (System.nanoTime() - start) / TimeUnit.MILLISECONDS.toNanos(1);
            }
        } finally {
            Files.delete(file);
        }
        Arrays.sort(took);
        return new RawSync(Spread.quantile(took, 0.5), Spread.quantile(took, 0.99));
    }
}
