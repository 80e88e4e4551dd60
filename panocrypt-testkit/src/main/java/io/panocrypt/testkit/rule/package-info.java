/** The contract of a rule that an embedder brings. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.rule;
