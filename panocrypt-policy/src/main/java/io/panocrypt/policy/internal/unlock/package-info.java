/** The path of one attempt to unlock: evaluate, commit, multiply; and the counting of repeated refusals. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.unlock;
