/** The reference store, which keeps everything in memory under one lock. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.store.memory;
