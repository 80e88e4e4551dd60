/** Clocks that jump: whether a grant's window holds on a node with a wrong clock. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.clock;
