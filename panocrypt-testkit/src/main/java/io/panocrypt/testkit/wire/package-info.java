/** The contract of a Tang server on the wire, to be extended by the test of a server. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.wire;
