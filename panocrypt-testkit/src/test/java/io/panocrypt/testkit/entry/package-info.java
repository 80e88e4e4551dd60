/** The contract of an entry store, run on the one in memory and on broken ones. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.entry;
