/**
 * The contents of the journal: attempts, operators' acts, checkpoints and the result of a verification. Exported,
 * immutable.
 */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model.history;
