/** The work of the outbox: leases what is due, has it done within bounds of time, and settles it. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.outbox;
