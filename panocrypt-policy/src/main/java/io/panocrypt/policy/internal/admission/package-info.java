/** Rate limits and the aggregation of refusals, per node and in memory. Decides nothing about policy. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.admission;
