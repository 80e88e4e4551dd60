/** The contract of a custody: rules with ids. Extend it to test your own custody. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.custody;
