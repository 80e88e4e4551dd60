package io.panocrypt.benchmarks.load.storm;

import io.panocrypt.benchmarks.load.client.Exchange;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A machine that boots.
 *
 * @param exchange what it asks, and the answer that gives it its key
 * @param from its address
 * @param pause from an answer that is no key to its next request
 * @param needsApproval whether somebody must approve first
 */
record Boot(Exchange exchange, InetSocketAddress from, Duration pause, boolean needsApproval) {}
