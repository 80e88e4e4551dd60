/** Generations of devices' keys: when they were used, a report about many devices, and jobs that rotate them. Immutable. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model.keys;
