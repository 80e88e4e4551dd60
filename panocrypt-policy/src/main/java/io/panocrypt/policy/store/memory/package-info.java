/** A store in memory, for tests and trials. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.memory;
