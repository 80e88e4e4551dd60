/** Shared policy, cached by its epoch, and the views of it that decisions are made on. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.policy;
