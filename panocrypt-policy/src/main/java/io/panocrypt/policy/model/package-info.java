/** Immutable values of the API: what operators edit, and what decisions read. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.policy.model;
