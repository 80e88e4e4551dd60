package io.panocrypt.benchmarks.load.storm;

import io.panocrypt.benchmarks.load.client.Exchange;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A machine that boots.
 *
 * @param exchange its request, and the answer that contains its key
 * @param from its address
 * @param pause time from an answer without a key to the next request
 * @param needsApproval whether a person must approve first
 */
record Boot(Exchange exchange, InetSocketAddress from, Duration pause, boolean needsApproval) {}
