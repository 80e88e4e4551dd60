package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Exchange;
import java.net.InetSocketAddress;
import java.util.List;

/** A server running in its own processes, and the requests to send. {@link #close} ends the processes. */
public interface LoadedServer extends AutoCloseable {
    InetSocketAddress address();

    /** The requests to send in turn. */
    List<Exchange> exchanges();

    ProcessTree processes();

    @Override
    void close();
}
