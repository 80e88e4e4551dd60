/** The contract of a Tang server on the wire. Extend it to test a server. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.wire;
