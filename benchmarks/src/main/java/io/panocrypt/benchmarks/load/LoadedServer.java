package io.panocrypt.benchmarks.load;

import java.net.InetSocketAddress;
import java.util.List;

/** A server in processes of its own, with what to ask it; closing it ends them. */
interface LoadedServer extends AutoCloseable {
    InetSocketAddress address();

    /** What to ask in turn. */
    List<Exchange> exchanges();

    ProcessTree processes();

    @Override
    void close();
}
