/** Immutable records of what operators edit and what the decision reads. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model;
