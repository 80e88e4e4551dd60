/** The contract of a custody, run on our custodies and on broken ones. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.custody;
