/** The store contracts, run on our stores, on broken ones, and across crashes. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.store;
