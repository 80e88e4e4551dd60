/** The contracts of a store: rules with ids. Extend them to test your own store. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.store;
