/** Domain events as outbox entries, and what keeps them from being repeated. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.event;
