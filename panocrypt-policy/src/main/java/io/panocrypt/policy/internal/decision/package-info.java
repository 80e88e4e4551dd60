/** The pure decision: a policy view, an attempt and a time in, a decision out. Reads no store and no clock. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.internal.decision;
