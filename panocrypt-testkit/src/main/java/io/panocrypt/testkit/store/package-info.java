/** The contract of a store: rules with ids, to be extended by the test of an adapter. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.store;
