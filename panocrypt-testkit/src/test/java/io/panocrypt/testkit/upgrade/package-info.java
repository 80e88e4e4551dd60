/** Databases that earlier releases have made, and nodes that make one together. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.testkit.upgrade;
