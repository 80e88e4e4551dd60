/** Clocks that jump: what a grant's window is worth on a node whose time is wrong. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.clock;
