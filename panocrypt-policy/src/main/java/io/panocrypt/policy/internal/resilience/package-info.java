/** Protection from a failing store: circuit breaker, bulkhead, retry, concurrency limit, outage log. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.resilience;
