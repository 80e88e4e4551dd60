/** Fan-out of domain events to people: who is notified, over which channel, and what becomes of a delivery. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.notice;
