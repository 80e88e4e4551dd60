package io.panocrypt.benchmarks.load;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that has been started as one process, whose descendants belong to it. */
record Running(Process process, InetSocketAddress address, List<Exchange> exchanges) implements LoadedServer {
    private static final int PATIENCE_SECONDS = 20;

    @Override
    public ProcessTree processes() {
        return new ProcessTree(process.toHandle());
    }

    /** Asks the process to end, then its descendants, and does not wait for ever. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        descendants.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
