/** The contract of a custody: rules with ids, to be extended by the test of whoever keeps private keys elsewhere. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.custody;
