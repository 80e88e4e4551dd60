/** What stands before and beside the decision, per node and in memory: rate limits, and the folding of refusals. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.admission;
