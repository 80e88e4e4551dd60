package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Exchange;
import io.panocrypt.testkit.support.DebianPostgresql;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A started server: one process, its descendants and possibly a database.
 *
 * @param database closed after the server
 */
record Running(
        Process process, InetSocketAddress address, List<Exchange> exchanges, Optional<DebianPostgresql> database)
        implements LoadedServer {
    private static final int TIMEOUT_SECONDS = 20;

    /** A server without a separate database. */
    Running(Process process, InetSocketAddress address, List<Exchange> exchanges) {
        this(process, address, exchanges, Optional.empty());
    }

    @Override
    public ProcessTree processes() {
        return database.map(other -> new ProcessTree(process.toHandle(), other.process()))
                .orElseGet(() -> new ProcessTree(process.toHandle()));
    }

    /** Terminates the process and its descendants; kills the process after 20 s. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        descendants.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        database.ifPresent(Running::close);
    }

    private static void close(DebianPostgresql database) {
        try {
            database.close();
        } catch (IOException e) {
            System.err.println("PostgreSQL left files behind: " + e);
        }
    }
}
