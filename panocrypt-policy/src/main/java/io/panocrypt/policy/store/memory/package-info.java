/** The reference store: everything in memory, one lock. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.memory;
