/** The outbox worker: leases entries that are due, runs their handler within a time limit, and settles them. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.outbox;
