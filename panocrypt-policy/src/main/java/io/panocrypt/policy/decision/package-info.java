/** The pure decision: a policy view, an attempt and a time in, a verdict out. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.decision;
