/** Tests of an application's own policy: a service on a loopback port, a clock to move, and a Clevis client. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.junit;
