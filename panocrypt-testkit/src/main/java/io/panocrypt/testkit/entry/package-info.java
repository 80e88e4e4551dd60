/** The contract of an entry store: rules with ids. Extend it to test your own entry store. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.entry;
