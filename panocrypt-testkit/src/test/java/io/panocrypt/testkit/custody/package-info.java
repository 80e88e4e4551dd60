/** The contract of a custody on the custodies that there are, and on broken ones. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.custody;
