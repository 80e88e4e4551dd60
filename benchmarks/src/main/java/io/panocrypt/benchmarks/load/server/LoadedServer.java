package io.panocrypt.benchmarks.load.server;

import io.panocrypt.benchmarks.load.client.Exchange;
import java.net.InetSocketAddress;
import java.util.List;

/** A server in processes of its own, with what to ask it; closing it ends them. */
public interface LoadedServer extends AutoCloseable {
    InetSocketAddress address();

    /** What to ask in turn. */
    List<Exchange> exchanges();

    ProcessTree processes();

    @Override
    void close();
}
